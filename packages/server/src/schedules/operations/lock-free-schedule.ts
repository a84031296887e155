import type { Db } from '../../db/database.ts';
import {
  STORED_SCHEDULE_COLUMNS,
  type StoredSchedule,
  type StoredScheduleRow,
  toStoredSchedule,
} from '../stored-schedule.ts';

const STATEMENT = `
select ${STORED_SCHEDULE_COLUMNS}
from schedules
where id = $1 and removed_at is null
for no key update skip locked`;

/**
 * Locks a schedule for a tick unless somebody has it: servers that tick at once share what is due instead of queueing for it.
 * Uses schedules_pkey. Undefined: another one is at it, or it was removed.
 */
export async function lockFreeSchedule(db: Db, scheduleId: string): Promise<StoredSchedule | undefined> {
  const { rows } = await db.query<StoredScheduleRow>(STATEMENT, [scheduleId]);
  return rows[0] && toStoredSchedule(rows[0]);
}
