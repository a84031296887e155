// Watches leases and uncertain attempts: sleeps until the next moment at which something is due, then looks. Every server
// runs one; they don't disturb each other.
import type pg from 'pg';
import { findNextLoss } from '../attempts/operations/find-next-loss.ts';
import { endLostAttempts } from '../attempts/transactions/end-lost-attempts.ts';
import type { Hints } from '../hints/hints.ts';
import { findNextLeaseEnd } from './operations/find-next-lease-end.ts';
import { noticeSilence } from './transactions/notice-silence.ts';

/** What the reconciler works with. */
export interface LeaseReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  /** How long an attempt may be uncertain before it is given up. */
  readonly lostAfterSeconds: number;
  readonly signal: AbortSignal;
  /** Told of a failed pass; the next one comes by itself. */
  readonly onError: (thrown: unknown) => void;
}

/** A hint wakes it sooner (an opened session, a silence noticed elsewhere); this bounds what a lost hint costs. */
const IDLE_MS = 60_000;
/** Pause after a failed pass (PostgreSQL away): soon enough for leases of seconds, far from a busy loop. */
const RETRY_MS = 1_000;
/** The database rounds to microseconds and timers to milliseconds; a pass right at the edge would find nothing. */
const SLACK_MS = 10;

/** Runs until the signal fires; resolves then. */
export async function runLeaseReconciler(options: LeaseReconcilerOptions): Promise<void> {
  const { pool, hints, lostAfterSeconds, signal, onError } = options;
  const subscription = hints.subscribe(['leases']);
  while (!signal.aborted) {
    let sleepMs = RETRY_MS;
    try {
      await noticeSilence(pool);
      await endLostAttempts(pool, lostAfterSeconds);
      sleepMs = await findNextDue(pool, lostAfterSeconds);
    } catch (thrown) {
      onError(thrown);
    }
    await subscription.wait(sleepMs, signal);
  }
  subscription.close();
}

async function findNextDue(pool: pg.Pool, lostAfterSeconds: number): Promise<number> {
  const leaseMs = await findNextLeaseEnd(pool);
  const lossMs = await findNextLoss(pool, lostAfterSeconds);
  const nextMs = Math.min(leaseMs ?? IDLE_MS, lossMs ?? IDLE_MS, IDLE_MS);
  return Math.max(nextMs, 0) + SLACK_MS;
}
