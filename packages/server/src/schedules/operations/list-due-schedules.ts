import type { Db } from '../../db/database.ts';

const STATEMENT = `
select id from schedules where next_slot_at <= now()
union
select q.schedule_id
from schedule_slots q
join schedules s on s.id = q.schedule_id
where q.outcome = 'queued' and s.next_slot_at is not null
  and not exists (select from runs r where r.schedule_id = q.schedule_id and r.finished_at is null)`;

/**
 * Schedules about which something can be decided: a slot has come, or one that waited may start. Uses schedules_next_slot_idx,
 * schedule_slots_queued_idx and runs_schedule_live_key; locks nothing, so each is looked at again under its lock.
 */
export async function listDueSchedules(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string }>(STATEMENT);
  return rows.map(({ id }) => id);
}
