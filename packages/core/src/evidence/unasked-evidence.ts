// Evidence that rules want and nobody has asked for: unknown, and so never green.
import { type EvidenceFacts, toEvidenceFacts } from './evidence-facts.ts';
import type { EvidenceRules } from './evidence-rules.ts';
import { type EvidenceSubject, listQuestions } from './list-questions.ts';
import type { DeclaredSources } from './source-declaration.ts';

/** What these rules would ask, without an answer to any of it. */
export function toUnaskedEvidence(
  rules: EvidenceRules,
  sources: DeclaredSources,
  subject: EvidenceSubject,
): EvidenceFacts {
  return toEvidenceFacts({ rules, sources, questions: listQuestions(rules, subject), find: () => undefined }, 0);
}

/** What was answered once; of what was not asked then, that it is unknown. */
export function fillUnasked(kept: EvidenceFacts, unasked: EvidenceFacts): EvidenceFacts {
  const list = <T>(some: readonly T[], others: readonly T[]): readonly T[] => (some.length > 0 ? some : others);
  return {
    change: kept.change ?? unasked.change,
    incidents: list(kept.incidents, unasked.incidents),
    metrics: list(kept.metrics, unasked.metrics),
    checks: kept.checks ?? unasked.checks,
    release: kept.release ?? unasked.release,
    confirmations: list(kept.confirmations, unasked.confirmations),
  };
}
