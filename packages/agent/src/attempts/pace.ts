import { setTimeout as pause } from 'node:timers/promises';

/** The interval may become shorter while it is waited for. */
const LOOK_EVERY_MS = 5;

/** A pace: its first call returns at once, each further one when `intervalMs` have passed since the return of the one before. */
export function createPace(intervalMs: () => number): () => Promise<void> {
  let lastAtMs = -Infinity;
  const rest = (): number => lastAtMs + intervalMs() - performance.now();
  return async () => {
    for (let restMs = rest(); restMs > 0; restMs = rest()) await pause(Math.min(restMs, LOOK_EVERY_MS));
    lastAtMs = performance.now();
  };
}
