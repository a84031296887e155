import type { SlotOutcome, SlotReason } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** The outcome of a slot, or of all from it until another one. */
export interface NewSlot {
  readonly slotAtMs: number;
  readonly untilAtMs: number | null;
  readonly outcome: SlotOutcome;
  readonly reason: SlotReason | null;
  readonly runId: string | null;
}

const STATEMENT = `
insert into schedule_slots (schedule_id, slot_at, until_at, outcome, reason_code, run_id)
select $1, to_timestamp(s.slot_ms / 1000.0), to_timestamp(s.until_ms / 1000.0), s.outcome, s.reason, s.run_id
from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::uuid[]) as s (slot_ms, until_ms, outcome, reason, run_id)
on conflict (schedule_id, slot_at) do update
set outcome = excluded.outcome, reason_code = excluded.reason_code, run_id = excluded.run_id, decided_at = now()
where schedule_slots.outcome = 'queued' and excluded.outcome <> 'queued'`;

/**
 * Writes outcomes; only a queued slot gets another one. Uses schedule_slots_pkey. The schedule is locked, so a row that is
 * not written is a defect: it throws, and nothing of the transaction stays.
 */
export async function writeSlots(db: Db, scheduleId: string, slots: readonly NewSlot[]): Promise<void> {
  if (slots.length === 0) return;
  const answer = await db.query(STATEMENT, [
    scheduleId,
    slots.map(({ slotAtMs }) => slotAtMs),
    slots.map(({ untilAtMs }) => untilAtMs),
    slots.map(({ outcome }) => outcome),
    slots.map(({ reason }) => reason),
    slots.map(({ runId }) => runId),
  ]);
  if (answer.rowCount !== slots.length)
    throw new Error(`schedule ${scheduleId}: ${slots.length - (answer.rowCount ?? 0)} slots had an outcome already`);
}
