// Waiting for an engine that is away: it restarts, is upgraded, or its host is busy. Nothing is known of it meanwhile, so
// nothing is decided.
import { setTimeout as pause } from 'node:timers/promises';
import { isEngineAway } from './docker-engine.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Repeats what the engine did not answer until it does; anything else it throws, and ends with the signal. `ask` may be repeated. */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  { signal, onAway }: { readonly signal: AbortSignal; readonly onAway?: () => void },
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (thrown) {
      if (!isEngineAway(thrown) || signal.aborted) throw thrown;
      onAway?.();
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS), undefined, { signal });
    }
  }
}
