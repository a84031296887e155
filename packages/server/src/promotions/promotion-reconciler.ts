// Promotions go on by themselves, and begin so where the policy says it: sleeps until time may change something about one, or until a hint says that a run has ended, an
// agent reported, or a person decided; then looks at each, and starts what a rollback that took effect makes anew. Every server runs one; they don't disturb each other.
import type pg from 'pg';
import type { Hints } from '../hints/hints.ts';
import type { HolidayBook } from './holiday-book.ts';
import { listAutomaticEnvironments } from './list-automatic-environments.ts';
import { findNextLook } from './operations/find-next-look.ts';
import { listDueEnvironments } from './operations/list-due-environments.ts';
import { listDueRefreshes } from './operations/list-due-refreshes.ts';
import { openAutomatic } from './transactions/open-automatic.ts';
import { reconcilePromotion } from './transactions/reconcile-promotion.ts';
import { startRefresh } from './transactions/start-refresh.ts';

/** What the reconciler works with. */
export interface PromotionReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  readonly book: HolidayBook;
  readonly signal: AbortSignal;
  /** Told of what failed; it is tried again. */
  readonly onError: (thrown: unknown) => void;
}

/** Bounds what a lost hint costs, and how late it is noticed that an agent fell silent; a look takes some milliseconds. */
const IDLE_MS = 30_000;
/** Pause after something failed (PostgreSQL away). */
const RETRY_MS = 1_000;
/** The database rounds to microseconds and timers to milliseconds; a look right at the edge would find nothing new. */
const SLACK_MS = 10;

/** Runs until the signal fires; resolves then. */
export async function runPromotionReconciler(options: PromotionReconcilerOptions): Promise<void> {
  const { pool, hints, signal, onError } = options;
  const subscription = hints.subscribe(['promotions']);
  while (!signal.aborted) {
    let sleepMs = RETRY_MS;
    try {
      if (await lookAtAll(options)) sleepMs = await findNextWake(pool);
    } catch (thrown) {
      onError(thrown);
    }
    await subscription.wait(sleepMs, signal);
  }
  subscription.close();
}

/** False when something failed. One that fails must not hold up others. */
async function lookAtAll({ pool, book, ...options }: LookOptions): Promise<boolean> {
  const automatic = await listAutomaticEnvironments(pool);
  const areNewWell = await lookAtEach(automatic, (environment) => openAutomatic(pool, book, environment), options);
  const due = await listDueEnvironments(pool);
  const areDueWell = await lookAtEach(due, (environment) => reconcilePromotion(pool, book, environment), options);
  const areRefreshesWell = await lookAtEach(await listDueRefreshes(pool), (one) => startRefresh(pool, one), options);
  return areNewWell && areDueWell && areRefreshesWell;
}

type LookOptions = Pick<PromotionReconcilerOptions, 'pool' | 'book' | 'signal' | 'onError'>;

async function lookAtEach<T>(
  all: readonly T[],
  look: (one: T) => Promise<unknown>,
  { signal, onError }: Pick<LookOptions, 'signal' | 'onError'>,
): Promise<boolean> {
  let isWell = true;
  for (const one of all) {
    if (signal.aborted) break;
    try {
      await look(one);
    } catch (thrown) {
      onError(thrown);
      isWell = false;
    }
  }
  return isWell;
}

async function findNextWake(pool: pg.Pool): Promise<number> {
  const nextMs = (await findNextLook(pool)) ?? IDLE_MS;
  return Math.max(Math.min(nextMs, IDLE_MS), 0) + SLACK_MS;
}
