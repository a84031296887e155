import type { Db } from '../../db/database.ts';

const STATEMENT = `
update schedules set next_slot_at = to_timestamp($2 / 1000.0)
where id = $1 and paused_at is null and removed_at is null`;

/** Says which slot comes next. The schedule is locked and ticks; otherwise nothing changes. Uses schedules_pkey. */
export async function setNextSlot(db: Db, scheduleId: string, nextSlotMs: number): Promise<void> {
  await db.query(STATEMENT, [scheduleId, nextSlotMs]);
}
