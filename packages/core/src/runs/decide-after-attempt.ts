// What becomes of a task when an attempt of it ended: the one retry rule.
import type { RetryPolicy } from '../graph/graph.ts';
import type { AttemptOutcome } from './attempt-states.ts';

/** Exit code by which a command says that its configuration is wrong: trying again can't help (sysexits.h EX_CONFIG). */
export const EXIT_CONFIGURATION = 78;
/** Exit code by which a command asks to be tried again later (sysexits.h EX_TEMPFAIL). It counts as a retry. */
export const EXIT_TRY_AGAIN = 75;

/** Facts about the attempt that just ended and the task it belongs to. */
export interface EndedAttempt {
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
  /** 1 for the first attempt of the task in this run. */
  readonly attemptNumber: number;
  readonly retry: RetryPolicy;
  readonly isRunCancelled: boolean;
  /** Ended without the word of its agent: its process may still run, and may have done any part of its work. */
  readonly isGivenUp: boolean;
  /** Repeating a half-done attempt is harmless. */
  readonly isIdempotent: boolean;
}

export type TaskDecision =
  | { readonly kind: 'end'; readonly state: 'succeeded' | 'failed' | 'errored' | 'cancelled' }
  | { readonly kind: 'retry'; readonly delaySeconds: number };

/**
 * Decides: success and cancellation end the task; exit 78 ends it; an attempt that was given up ends it unless repeating
 * is harmless; otherwise it is tried again while the policy allows.
 */
export function decideAfterAttempt(ended: EndedAttempt): TaskDecision {
  if (ended.outcome === 'succeeded') return { kind: 'end', state: 'succeeded' };
  if (ended.outcome === 'cancelled' || ended.isRunCancelled) return { kind: 'end', state: 'cancelled' };
  const isSafe = !ended.isGivenUp || ended.isIdempotent;
  const canRetry = isSafe && ended.exitCode !== EXIT_CONFIGURATION && ended.attemptNumber <= ended.retry.limit;
  if (!canRetry) return { kind: 'end', state: ended.outcome };
  return { kind: 'retry', delaySeconds: retryDelaySeconds(ended.retry, ended.attemptNumber) };
}

/** Doubling a pause for long would outlive whoever waits for it. */
const DEFAULT_MAX_DELAY_SECONDS = 24 * 3600;

/** Pause before the attempt that follows attempt `attemptNumber` (1 for the first). */
export function retryDelaySeconds(
  { delaySeconds, factor = 1, maxDelaySeconds }: RetryPolicy,
  attemptNumber: number,
): number {
  const longest = Math.max(
    maxDelaySeconds ?? DEFAULT_MAX_DELAY_SECONDS,
    maxDelaySeconds === undefined ? delaySeconds : 0,
  );
  return Math.min(delaySeconds * factor ** (attemptNumber - 1), longest);
}
