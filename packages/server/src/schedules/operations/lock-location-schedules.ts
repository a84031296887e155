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
where environment = $1 and code_location = $2
order by id
for no key update`;

/** Locks all schedules a code location ever had, removed ones too, in id order. Uses schedules_name_key; at registrations. */
export async function lockLocationSchedules(
  db: Db,
  { environment, codeLocation }: { readonly environment: string; readonly codeLocation: string },
): Promise<readonly StoredSchedule[]> {
  const { rows } = await db.query<StoredScheduleRow>(STATEMENT, [environment, codeLocation]);
  return rows.map(toStoredSchedule);
}
