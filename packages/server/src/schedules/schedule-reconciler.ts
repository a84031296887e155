// Ticks: sleeps until the next slot of any schedule, or until a run of one has ended, then looks. Every server runs one; they
// don't disturb each other.
import type pg from 'pg';
import type { Hints } from '../hints/hints.ts';
import { pruneNotifications } from '../notifications/operations/prune-notifications.ts';
import { findNextSlot } from './operations/find-next-slot.ts';
import { listDueSchedules } from './operations/list-due-schedules.ts';
import { pruneSlots } from './operations/prune-slots.ts';
import { tickSchedule } from './transactions/tick-schedule.ts';

/** What the reconciler works with. */
export interface ScheduleReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  readonly signal: AbortSignal;
  /** Told of what failed; it is tried again. */
  readonly onError: (thrown: unknown) => void;
}

/** A hint wakes it sooner (a registration, an ended run); this bounds what a lost hint costs. */
const IDLE_MS = 60_000;
/** Pause after something failed (PostgreSQL away): soon enough for cron's minutes, far from a busy loop. */
const RETRY_MS = 1_000;
/**
 * Pause when somebody else has a schedule that is due: mostly a tick of another server, which takes milliseconds. Whoever it
 * is may leave the schedule as it was, and say nothing.
 */
const LOCKED_MS = 100;
/** The database rounds to microseconds and timers to milliseconds; a pass right at the edge would find nothing. */
const SLACK_MS = 10;

/** How long outcomes and notifications can be read. Runs stay as long as runs do. */
const RETENTION_DAYS = 90;
const PRUNE_INTERVAL_MS = 6 * 3600 * 1000;
/** Some hundred thousand rows a day at most; deleting a batch takes a tenth of a second. */
const PRUNE_BATCH = 10_000;

/** Runs until the signal fires; resolves then. */
export async function runScheduleReconciler(options: ScheduleReconcilerOptions): Promise<void> {
  const { pool, hints, signal, onError } = options;
  const subscription = hints.subscribe(['schedules']);
  const prune = createPruner(pool);
  while (!signal.aborted) {
    let sleepMs = RETRY_MS;
    try {
      const left = await tickAll(options);
      await prune(signal);
      if (left.has('locked')) sleepMs = LOCKED_MS;
      else if (!left.has('failed')) sleepMs = await findNextWake(pool);
    } catch (thrown) {
      onError(thrown);
    }
    await subscription.wait(sleepMs, signal);
  }
  subscription.close();
}

type TickResult = 'ticked' | 'locked' | 'failed';

/** Ticks until nothing is due, or nothing of it moves; says what stands in the way. One that fails must not hold up others. */
async function tickAll(options: ScheduleReconcilerOptions): Promise<ReadonlySet<TickResult>> {
  const results = new Set<TickResult>(['ticked']);
  while (results.has('ticked') && !results.has('failed') && !options.signal.aborted) {
    results.clear();
    for (const scheduleId of await listDueSchedules(options.pool)) {
      if (!options.signal.aborted) results.add(await tickOne(options, scheduleId));
    }
  }
  return results;
}

async function tickOne({ pool, onError }: ScheduleReconcilerOptions, scheduleId: string): Promise<TickResult> {
  try {
    return (await tickSchedule(pool, scheduleId)) ? 'ticked' : 'locked';
  } catch (thrown) {
    onError(thrown);
    return 'failed';
  }
}

async function findNextWake(pool: pg.Pool): Promise<number> {
  const nextMs = Math.min((await findNextSlot(pool)) ?? IDLE_MS, IDLE_MS);
  return Math.max(nextMs, 0) + SLACK_MS;
}

/** Deletes what is too old, when the server starts and a few times a day. */
function createPruner(pool: pg.Pool): (signal: AbortSignal) => Promise<void> {
  let lastMs = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (performance.now() - lastMs < PRUNE_INTERVAL_MS) return;
    lastMs = performance.now();
    const batch = { days: RETENTION_DAYS, limit: PRUNE_BATCH };
    while (!signal.aborted && (await pruneSlots(pool, batch)) === PRUNE_BATCH);
    while (!signal.aborted && (await pruneNotifications(pool, batch)) === PRUNE_BATCH);
  };
}
