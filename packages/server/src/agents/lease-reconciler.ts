// Watches leases: sleeps until the next one ends, then looks. Every server runs one; they don't disturb each other.
import type pg from 'pg';
import type { Hints } from '../hints/hints.ts';
import { findNextLeaseEnd } from './operations/find-next-lease-end.ts';
import { noticeSilence } from './transactions/notice-silence.ts';

/** What the reconciler works with. */
export interface LeaseReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  readonly signal: AbortSignal;
  /** Told of a failed pass; the next one comes by itself. */
  readonly onError: (thrown: unknown) => void;
}

/** Without live agents only a hint wakes it (an opened session); this bounds what a lost hint costs. */
const IDLE_MS = 60_000;
/** Pause after a failed pass (PostgreSQL away): soon enough for leases of seconds, far from a busy loop. */
const RETRY_MS = 1_000;
/** The database rounds to microseconds and timers to milliseconds; a pass right at the edge would find nothing. */
const SLACK_MS = 10;

/** Runs until the signal fires; resolves then. */
export async function runLeaseReconciler(options: LeaseReconcilerOptions): Promise<void> {
  const { pool, hints, signal, onError } = options;
  const subscription = hints.subscribe(['leases']);
  while (!signal.aborted) {
    let sleepMs = RETRY_MS;
    try {
      await noticeSilence(pool);
      const nextMs = await findNextLeaseEnd(pool);
      sleepMs = nextMs === undefined ? IDLE_MS : Math.max(nextMs, 0) + SLACK_MS;
    } catch (thrown) {
      onError(thrown);
    }
    await subscription.wait(sleepMs, signal);
  }
  subscription.close();
}
