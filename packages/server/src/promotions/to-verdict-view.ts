import type { VerdictView } from '@towpath/api';
import { GATE_REASONS, type JsonValue, type Verdict } from '@towpath/core';

/** A verdict in the words of the API. */
export function toVerdictView({ gate, decision, code, evidence, askAgainAtMs }: Verdict): VerdictView {
  return {
    gate,
    decision,
    code,
    reason: GATE_REASONS[code],
    evidence: toMutable(evidence),
    askAgainAt: toInstant(askAgainAtMs),
  };
}

/** An instant as the API writes it; null stays null. */
export function toInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

// JSON of the schema is mutable, that of core is not; the values are the same.
function toMutable(evidence: Readonly<Record<string, JsonValue>>): VerdictView['evidence'] {
  return structuredClone(evidence) as VerdictView['evidence'];
}
