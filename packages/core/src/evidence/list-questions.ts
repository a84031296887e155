// Which questions the rules of an environment come to, for one release: what is asked is decided here, before anybody is asked.
import { formatCanonicalJson } from '../graph/canonical-json.ts';
import type { EvidenceKind, EvidenceQuestion } from './evidence.ts';
import type { EvidenceRules } from './evidence-rules.ts';
import type { DeclaredSources } from './source-declaration.ts';

/** A release that is to come into an environment. */
export interface EvidenceSubject {
  readonly environment: string;
  readonly version: string;
  readonly commit: string;
  readonly changeRecord: string | null;
  /** Since when the environment before has it, ISO 8601; null: it has not. */
  readonly deployedAt: string | null;
}

/** A question, and whom it is for. */
export interface SourceQuestion {
  readonly source: string;
  readonly question: EvidenceQuestion;
}

/** All questions, in the order of the gates. A change record that nobody named is not asked for. */
export function listQuestions(rules: EvidenceRules, subject: EvidenceSubject): readonly SourceQuestion[] {
  const kinds: readonly EvidenceKind[] = ['change', 'incidents', 'metrics', 'checks', 'release', 'statement'];
  return kinds.flatMap((kind) => LISTS[kind](rules, subject));
}

const LISTS: Readonly<Record<EvidenceKind, typeof listQuestions>> = {
  change: ({ change }, { changeRecord: number }) =>
    change === null || number === null ? [] : [{ source: change.source, question: { kind: 'change', number } }],
  incidents: ({ incidents }) => {
    if (incidents === null) return [];
    const priorities = [...new Set(incidents.priorities)].sort((a, b) => a - b);
    return incidents.sources.map((source) => ({ source, question: { kind: 'incidents', priorities } }));
  },
  metrics: ({ performance }, { deployedAt: aroundAt }) => {
    if (performance === null || aroundAt === null) return [];
    return performance.metrics.map(({ source, selector, hours }) => ({
      source,
      question: { kind: 'metrics', selector, aroundAt, hours },
    }));
  },
  checks: ({ checks }, { commit }) =>
    checks === null ? [] : [{ source: checks.source, question: { kind: 'checks', commit } }],
  release: ({ checks }, { version }) =>
    checks?.needsRelease ? [{ source: checks.source, question: { kind: 'release', version } }] : [],
  statement: ({ confirmations }, { environment, version, commit, changeRecord }) => {
    const values = { environment, version, commit, changeRecord: changeRecord ?? '' };
    return confirmations.map((source) => ({ source, question: { kind: 'statement', values } }));
  },
};

/** One text per question to a source as it is declared: another address, and the old answer is none. */
export function formatQuestionKey({ source, question }: SourceQuestion, sources: DeclaredSources): string {
  return formatCanonicalJson({
    source,
    question,
    declaration: Object.hasOwn(sources, source) ? sources[source] : null,
  });
}
