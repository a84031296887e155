import type { Db } from '../../db/database.ts';

/** Who pauses a schedule, and why. */
export interface Pause {
  readonly scheduleId: string;
  readonly by: string;
  readonly note?: string | undefined;
}

const STATEMENT = `
update schedules set paused_at = now(), paused_by = $2, pause_note = $3, next_slot_at = null
where id = $1 and paused_at is null`;

/** Pauses a schedule; false (no row): it is paused already. It is locked. Uses schedules_pkey. */
export async function setPaused(db: Db, { scheduleId, by, note }: Pause): Promise<boolean> {
  const answer = await db.query(STATEMENT, [scheduleId, by, note ?? null]);
  return answer.rowCount === 1;
}
