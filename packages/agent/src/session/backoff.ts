// How long to wait before asking again.
import { setTimeout as pause } from 'node:timers/promises';

/** Short enough that a restarted server is found at once by a person's measure. */
const FIRST_MS = 200;
/** An idle agent of a server that is away for hours costs one connection attempt per 10 s at most. */
const LONGEST_MS = 10_000;

/**
 * Waits before try number `failures` + 1: a random part of a doubling span, so that a hundred agents don't come back to
 * a restarted server in one moment. Rejects with the signal's reason when it fires.
 */
export async function waitToRetry(failures: number, signal: AbortSignal): Promise<void> {
  const spanMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
  await pause(spanMs / 2 + Math.random() * (spanMs / 2), undefined, { signal });
}
