// Whether a provider is worth asking. After it couldn't be reached, kept values stand in for a while before it is asked
// again: otherwise each start of an attempt would wait for the time limit all through an outage.
import type { SecretFailure } from './secret-errors.ts';

/** Long beside a time limit of ten seconds, short beside any outage that somebody has to mend. */
const PAUSE_MS = 15_000;
/** A longer `Retry-After` is obeyed up to here; a provider that says "tomorrow" is asked before that. */
const MAX_PAUSE_MS = 300_000;

export interface Outage {
  /** True when it lately couldn't be reached. */
  isOn(): boolean;
  /** Notes that it could not be reached just now. */
  note(failure: SecretFailure): void;
}

/** The outage of one provider; it ends by time. */
export function createOutage(clock: () => number): Outage {
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    isOn: () => clock() < untilMs,
    note: ({ retryAfterMs = 0 }) => {
      untilMs = clock() + Math.min(Math.max(PAUSE_MS, retryAfterMs), MAX_PAUSE_MS);
    },
  };
}
