// The columns of a slot as people see it, shared by the statements that list slots.
import type { SlotView } from '@towpath/api';
import { formatRunName, type RunState, SLOT_REASONS, type SlotReason } from '@towpath/core';

/** A row of `SLOT_COLUMNS`. */
export interface SlotRow {
  readonly slot_at: string;
  readonly until_at: string | null;
  readonly outcome: SlotView['outcome'];
  readonly reason_code: SlotReason | null;
  readonly decided_at: string;
  readonly run_id: string | null;
  readonly run_number: number;
  readonly run_state: RunState;
  readonly pipeline: string;
  readonly environment: string;
}

/** For `from schedule_slots q left join runs r on r.id = q.run_id`. */
export const SLOT_COLUMNS = `q.slot_at, q.until_at, q.outcome, q.reason_code, q.decided_at,
       q.run_id, r.run_number, r.state as run_state, r.pipeline, r.environment`;

/** Turns a row into the slot of the API. */
export function toSlotView(row: SlotRow): SlotView {
  return {
    slotAt: row.slot_at,
    untilAt: row.until_at,
    outcome: row.outcome,
    reasonCode: row.reason_code,
    reason: row.reason_code && SLOT_REASONS[row.reason_code],
    decidedAt: row.decided_at,
    run: row.run_id === null ? null : toScheduleRun({ ...row, run_id: row.run_id }),
  };
}

/** The run that a row names. */
export function toScheduleRun(
  row: Pick<SlotRow, 'run_number' | 'run_state' | 'pipeline' | 'environment'> & { run_id: string },
) {
  const name = formatRunName(row.pipeline, row.environment, row.run_number);
  return { id: row.run_id, number: row.run_number, name, state: row.run_state };
}
