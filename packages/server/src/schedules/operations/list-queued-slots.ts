import type { Db } from '../../db/database.ts';

const STATEMENT = `select slot_at from schedule_slots where schedule_id = $1 and outcome = 'queued' order by slot_at`;

/** Slots that wait for a run's end, growing, in ms since 1970. Uses schedule_slots_queued_idx. The schedule is locked. */
export async function listQueuedSlots(db: Db, scheduleId: string): Promise<readonly number[]> {
  const { rows } = await db.query<{ slot_at: string }>(STATEMENT, [scheduleId]);
  return rows.map((row) => Date.parse(row.slot_at));
}
