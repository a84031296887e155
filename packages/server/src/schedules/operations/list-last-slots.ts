import type { SlotView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { SLOT_COLUMNS, type SlotRow, toSlotView } from '../slot-row.ts';

const STATEMENT = `
select s.id as schedule_id, ${SLOT_COLUMNS}
from unnest($1::uuid[]) as s (id)
cross join lateral (
  select * from schedule_slots q where q.schedule_id = s.id order by q.slot_at desc limit $2
) q
left join runs r on r.id = q.run_id
order by q.slot_at desc`;

/** The newest slots of each schedule, newest first. Uses schedule_slots_pkey and runs_pkey; locks nothing. */
export async function listLastSlots(
  db: Db,
  scheduleIds: readonly string[],
  count: number,
): Promise<ReadonlyMap<string, SlotView[]>> {
  const { rows } = await db.query<SlotRow & { schedule_id: string }>(STATEMENT, [scheduleIds, count]);
  const grouped = Map.groupBy(rows, (row) => row.schedule_id);
  return new Map([...grouped].map(([id, slots]) => [id, slots.map(toSlotView)]));
}
