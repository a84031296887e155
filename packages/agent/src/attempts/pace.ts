import { setTimeout as pause } from 'node:timers/promises';

/** A pace: its first call returns at once, each further one when `intervalMs` have passed since the return of the one before. */
export function createPace(intervalMs: number): () => Promise<void> {
  let nextAtMs = 0;
  return async () => {
    const restMs = nextAtMs - performance.now();
    if (restMs > 0) await pause(restMs);
    nextAtMs = performance.now() + intervalMs;
  };
}
