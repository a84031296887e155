import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from schedule_slots
where (schedule_id, slot_at) in (
  select schedule_id, slot_at from schedule_slots
  where slot_at < now() - make_interval(days => $1) and outcome <> 'queued'
  order by slot_at
  limit $2
  for update skip locked
)`;

/** Deletes a batch of old outcomes and returns how many; runs stay. Uses schedule_slots_slot_at_idx; servers skip each other's. */
export async function pruneSlots(db: Db, { days, limit }: { days: number; limit: number }): Promise<number> {
  const answer = await db.query(STATEMENT, [days, limit]);
  return answer.rowCount ?? 0;
}
