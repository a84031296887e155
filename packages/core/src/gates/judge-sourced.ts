// What gates that ask outside services have in common: without an answer they are red, and their evidence says whom they asked.
import type { Sourced } from '../evidence/evidence-facts.ts';
import type { JsonValue } from '../graph/canonical-json.ts';
import { unreachable } from './unreachable.ts';
import { defer, type GateAnswer } from './verdict.ts';

type Unknown = Extract<Sourced<unknown>, { isKnown: false }>;
type Known<T> = Extract<Sourced<T>, { isKnown: true }>;

/** The answer of a gate when one of its sources gives none; undefined: all are known. An undeclared one is told first. */
export function findSourceProblem(sourced: readonly Sourced<unknown>[], nowMs: number): GateAnswer | undefined {
  const unknown = sourced.filter((one): one is Unknown => !one.isKnown);
  const undeclared = unknown.find(({ isDeclared }) => !isDeclared);
  if (undeclared) return defer('EVIDENCE_NOT_CONFIGURED', { source: undeclared.source, why: undeclared.why });
  const [first] = unknown;
  if (!first) return undefined;
  const answer = unreachable(first, nowMs);
  return { ...answer, evidence: { ...toOrigin(first), ...answer.evidence } };
}

/** Those with an answer. */
export function listKnown<T>(sourced: readonly Sourced<T>[]): readonly Known<T>[] {
  return sourced.filter((one): one is Known<T> => one.isKnown);
}

/** Who said it, when, and where to look. */
export function toOrigin({ source, askedAt, link }: Sourced<unknown>): Record<string, JsonValue> {
  return { source, askedAt, link };
}
