import type { Db } from '../../db/database.ts';

const STATEMENT = `
update schedules set paused_at = null, paused_by = null, pause_note = null, next_slot_at = to_timestamp($2 / 1000.0)
where id = $1 and paused_at is not null and removed_at is null`;

/** Lets a paused schedule tick again; false (no row): it is not paused. It is locked. Uses schedules_pkey. */
export async function setResumed(db: Db, scheduleId: string, nextSlotMs: number): Promise<boolean> {
  const answer = await db.query(STATEMENT, [scheduleId, nextSlotMs]);
  return answer.rowCount === 1;
}
