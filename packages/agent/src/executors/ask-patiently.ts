// Waiting for an engine that is away: it restarts, is upgraded, or its host is busy. Nothing is known of it meanwhile, so
// nothing is decided.
import { setTimeout as pause } from 'node:timers/promises';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface Patience {
  readonly signal: AbortSignal;
  /** Whether this was thrown because nobody answered. */
  readonly isAway: (thrown: unknown) => boolean;
  readonly onAway?: (() => void) | undefined;
}

/** Repeats what was not answered until it is; anything else it throws, and ends with the signal. `ask` may be repeated. */
export async function askPatiently<T>(ask: () => Promise<T>, { signal, isAway, onAway }: Patience): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (thrown) {
      if (!isAway(thrown) || signal.aborted) throw thrown;
      onAway?.();
      await pause(toPauseMs(failures), undefined, { signal });
    }
  }
}

/** Doubles with each failure in a row, up to 5 s: an engine that is back is noticed soon enough, and not besieged before. */
export function toPauseMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}
