import type { SlotView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { SLOT_COLUMNS, type SlotRow, toSlotView } from '../slot-row.ts';

/** Which slots of which schedule. */
export interface SlotFilter {
  readonly scheduleId: string;
  /** Only older ones. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const STATEMENT = `
select ${SLOT_COLUMNS}
from schedule_slots q
left join runs r on r.id = q.run_id
where q.schedule_id = $1 and ($2::timestamptz is null or q.slot_at < $2)
order by q.slot_at desc
limit $3`;

/** A page of slots, newest first. Uses schedule_slots_pkey; locks nothing. */
export async function listScheduleSlots(db: Db, { scheduleId, before, limit }: SlotFilter): Promise<SlotView[]> {
  const { rows } = await db.query<SlotRow>(STATEMENT, [scheduleId, before ?? null, limit]);
  return rows.map(toSlotView);
}
