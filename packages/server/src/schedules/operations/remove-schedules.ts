import type { Db } from '../../db/database.ts';

const STATEMENT = `
with removed as (
  update schedules set removed_at = now(), next_slot_at = null where id = any ($1::uuid[]) returning id
)
update schedule_slots q
set outcome = 'skipped', reason_code = 'SCHEDULE_REMOVED', decided_at = now()
from removed
where q.schedule_id = removed.id and q.outcome = 'queued'`;

/** Marks schedules as removed; what waited is skipped, what was planned goes on. They are locked. Uses schedules_pkey. */
export async function removeSchedules(db: Db, scheduleIds: readonly string[]): Promise<void> {
  if (scheduleIds.length > 0) await db.query(STATEMENT, [scheduleIds]);
}
