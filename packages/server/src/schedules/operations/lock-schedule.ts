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
for no key update`;

/**
 * Locks a schedule before anything of it is decided; always before its environment and its runs. Uses schedules_pkey.
 * Undefined: there is none, or it was removed.
 */
export async function lockSchedule(db: Db, scheduleId: string): Promise<StoredSchedule | undefined> {
  const { rows } = await db.query<StoredScheduleRow>(STATEMENT, [scheduleId]);
  return rows[0] && toStoredSchedule(rows[0]);
}
