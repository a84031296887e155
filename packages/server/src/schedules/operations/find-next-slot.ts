import type { Db } from '../../db/database.ts';

const STATEMENT = `
select extract(epoch from min(next_slot_at) - clock_timestamp()) * 1000 as wait_ms
from schedules
where next_slot_at is not null`;

/** Milliseconds until the next slot of any schedule. Uses schedules_next_slot_idx. Undefined: no schedule ticks. */
export async function findNextSlot(db: Db): Promise<number | undefined> {
  const { rows } = await db.query<{ wait_ms: string | null }>(STATEMENT);
  const waitMs = rows[0]?.wait_ms;
  return waitMs === null || waitMs === undefined ? undefined : Math.ceil(Number(waitMs));
}
