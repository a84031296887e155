// Facts for tests: those of a promotion that every gate lets through, unless told otherwise.
import { NO_EVIDENCE_FACTS } from '../../evidence/evidence-facts.ts';
import { type PromotionRules, SHIPPED_RULES } from '../../promotion/policy.ts';
import type { ComparedDeclarations } from '../parity-facts.ts';
import type { PromotionFacts, SignOff, SourceFacts } from '../promotion-facts.ts';

/** A Tuesday outside of every freeze. */
export const NOW_MS = Date.parse('2026-06-16T10:00:00Z');

export const HOUR_MS = 3600 * 1000;

const RELEASE_ID = 'a'.repeat(64);

/** A sign-off that counts. */
export function buildSignOff(overrides: Partial<SignOff> = {}): SignOff {
  return {
    releaseId: RELEASE_ID,
    environment: 'prod',
    role: 'engineer',
    person: 'erin',
    decision: 'approved',
    givenAtMs: NOW_MS - HOUR_MS,
    expiresAtMs: NOW_MS + HOUR_MS,
    note: null,
    ...overrides,
  };
}

/** The environment before, where the release runs since two days and went through twice. */
export function buildSource(overrides: Partial<NonNullable<SourceFacts['deployment']>> = {}): SourceFacts {
  return {
    environment: 'int',
    deployment: {
      startedAtMs: NOW_MS - 48 * HOUR_MS,
      endedAtMs: null,
      pipelines: [{ pipeline: 'daily', successesInARow: 2 }],
      quarantine: [{ pipeline: 'daily', since: [3], before: [3] }],
      rehearsedAtMs: null,
      ...overrides,
    },
  };
}

/** Declarations between which nothing is amiss. */
export function buildParity(overrides: Partial<ComparedDeclarations> = {}): ComparedDeclarations {
  return {
    ...{ state: 'compared', before: 'int', areValuesCompared: true },
    ...{ lacking: [], otherwise: [], unset: [], differences: [] },
    ...overrides,
  };
}

/** All facts. */
export function buildFacts(overrides: Partial<PromotionFacts> = {}): PromotionFacts {
  return {
    release: { id: RELEASE_ID, project: 'markets', author: 'anna' },
    environment: { name: 'prod', kind: 'production', project: 'markets' },
    initiator: 'rita',
    rollbackPlan: 'Roll back to v1.3.2.',
    notBeforeMs: null,
    emergency: null,
    source: known(buildSource()),
    signOffs: known([
      buildSignOff(),
      buildSignOff({ role: 'business', person: 'bo' }),
      buildSignOff({ role: 'release-manager', person: 'rob' }),
    ]),
    deployPlan: known(null),
    holidays: known([]),
    freezes: known([]),
    changeRecord: null,
    durations: known([{ pipeline: 'daily', beforeMs: 60_000, afterMs: 60_000, beforeRuns: 5, afterRuns: 2 }]),
    parity: known(buildParity()),
    evidence: NO_EVIDENCE_FACTS,
    ...overrides,
  };
}

/** Evidence that was found out. */
export function known<T>(value: T): { readonly isKnown: true; readonly value: T } {
  return { isKnown: true, value };
}

/** The shipped rules of production, but for these. */
export function buildRules(overrides: Partial<PromotionRules> = {}): PromotionRules {
  return { ...SHIPPED_RULES.production, ...overrides };
}
