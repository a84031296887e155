import type { ScheduleView } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type { Db, Transaction } from '../db/database.ts';
import { listScheduleViews } from './list-schedule-views.ts';
import { lockSchedule } from './operations/lock-schedule.ts';
import type { StoredSchedule } from './stored-schedule.ts';

/**
 * A schedule that must exist, as people see it.
 *
 * @throws TowpathError `SCHEDULE_UNKNOWN`
 */
export async function getSchedule(db: Db, scheduleId: string): Promise<ScheduleView> {
  const [view] = await listScheduleViews(db, { scheduleId });
  if (view) return view;
  throw scheduleUnknown(scheduleId);
}

/**
 * A schedule that must exist, locked.
 *
 * @throws TowpathError `SCHEDULE_UNKNOWN`
 */
export async function getLockedSchedule(tx: Transaction, scheduleId: string): Promise<StoredSchedule> {
  const schedule = await lockSchedule(tx, scheduleId);
  if (schedule) return schedule;
  throw scheduleUnknown(scheduleId);
}

function scheduleUnknown(scheduleId: string): TowpathError {
  return new TowpathError({
    code: 'SCHEDULE_UNKNOWN',
    message: `There is no schedule ${scheduleId}.`,
    cause: 'None has that id, or its pipeline no longer names it.',
    fix: `Take the id from \`${TOWPATH} schedules --json\`.`,
  });
}
