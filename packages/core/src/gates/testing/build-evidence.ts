// Evidence for tests: what services say about a release that nothing speaks against, unless told otherwise.
import type { ChangeRecord, OpenIncident } from '../../evidence/evidence.ts';
import type { EvidenceFacts, Sourced } from '../../evidence/evidence-facts.ts';
import { DEFAULT_CHANGE_STATES, DEFAULT_PERFORMANCE, type EvidenceRules } from '../../evidence/evidence-rules.ts';
import { NOW_MS } from './build-facts.ts';

/** What a source said. */
export function said<T>(value: T, source = 'service'): Sourced<T> {
  return { source, askedAt: new Date(NOW_MS).toISOString(), link: null, isKnown: true, value };
}

/** A source that said nothing. */
export function silent(isDeclared = true): Sourced<never> {
  return { source: 'service', askedAt: null, link: null, isKnown: false, isDeclared, why: 'It is away.' };
}

/** A record that is approved, from an hour before now to an hour after. */
export function buildChange(overrides: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    number: 'CHG1',
    title: 'A release',
    states: ['-1', 'Implement'],
    approval: 'approved',
    startsAt: '2026-06-16T09:00:00Z',
    endsAt: '2026-06-16T11:00:00Z',
    ...overrides,
  };
}

/** One that is open. */
export function buildIncident(priority: number | null): OpenIncident {
  return { id: 'INC1', title: 'orders twice', priority, openedAt: null };
}

/** All of it. */
export function buildEvidence(overrides: Partial<EvidenceFacts> = {}): EvidenceFacts {
  return {
    change: said(buildChange()),
    incidents: [said([])],
    metrics: [said({ selector: 'm', before: 100, after: 100 })],
    checks: said([{ name: 'build', state: 'passed' }]),
    release: said('published'),
    confirmations: [said({ holds: true, seen: 'rita', wanted: null })],
    ...overrides,
  };
}

/** Rules that want all of it. */
export const ALL_EVIDENCE: EvidenceRules = {
  change: { source: 'service', states: DEFAULT_CHANGE_STATES },
  incidents: { sources: ['service'], priorities: [1, 2] },
  performance: { ...DEFAULT_PERFORMANCE, metrics: [{ source: 'service', selector: 'm', hours: 24 }] },
  checks: { source: 'service', names: ['build'], needsRelease: true },
  confirmations: ['service'],
  evidenceMinutes: 15,
};
