// Evidence that nobody could find out is red. Whoever keeps it may answer later, so it is asked again.
import type { Fact } from './promotion-facts.ts';
import { defer, type GateAnswer } from './verdict.ts';

/** An outage is mostly over by then, and asking costs little. */
const ASK_AGAIN_MS = 5 * 60 * 1000;

/** Narrows a fact. */
export function isUnknown<T>(fact: Fact<T>): fact is Extract<Fact<T>, { isKnown: false }> {
  return !fact.isKnown;
}

/** The answer of a gate without its evidence. */
export function unreachable({ why }: { readonly why: string }, nowMs: number): GateAnswer {
  return defer('EVIDENCE_UNREACHABLE', { why }, nowMs + ASK_AGAIN_MS);
}
