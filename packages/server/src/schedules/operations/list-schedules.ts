import type { ScheduleView } from '@towpath/api';
import type { RunState, ScheduleDefinition } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { toScheduleRun } from '../slot-row.ts';

/** Which schedules. */
export interface ScheduleFilter {
  readonly environment?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly scheduleId?: string;
}

/** A schedule without its slots. */
export type ListedSchedule = Omit<ScheduleView, 'nextSlots' | 'lastSlots'>;

interface Row {
  readonly id: string;
  readonly environment: string;
  readonly code_location: string;
  readonly pipeline: string;
  readonly definition: Omit<ScheduleDefinition, 'parameters'> & Pick<ScheduleView, 'parameters'>;
  readonly paused_at: string | null;
  readonly paused_by: string;
  readonly pause_note: string | null;
  readonly queued_slots: number;
  readonly run_id: string | null;
  readonly run_number: number;
  readonly run_state: RunState;
}

const STATEMENT = `
select s.id, s.environment, s.code_location, s.pipeline, s.definition, s.paused_at, s.paused_by, s.pause_note,
       (select count(*) from schedule_slots q where q.schedule_id = s.id and q.outcome = 'queued') as queued_slots,
       r.id as run_id, r.run_number, r.state as run_state
from schedules s
join environments e on e.name = s.environment
left join runs r on r.schedule_id = s.id and r.finished_at is null
where s.removed_at is null
  and ($1::text is null or s.environment = $1)
  and ($2::text is null or s.pipeline = $2)
  and ($3::uuid is null or s.id = $3)
order by e.position, s.environment, s.pipeline, s.name, s.code_location`;

/**
 * Schedules in the order people see. Uses schedules_name_key, schedule_slots_queued_idx and runs_schedule_live_key; locks
 * nothing.
 */
export async function listSchedules(db: Db, filter: ScheduleFilter): Promise<readonly ListedSchedule[]> {
  const { environment, pipeline, scheduleId } = filter;
  const { rows } = await db.query<Row>(STATEMENT, [environment ?? null, pipeline ?? null, scheduleId ?? null]);
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    codeLocation: row.code_location,
    pipeline: row.pipeline,
    ...row.definition,
    paused: row.paused_at === null ? null : { at: row.paused_at, by: row.paused_by, note: row.pause_note },
    queuedSlots: row.queued_slots,
    liveRun: row.run_id === null ? null : toScheduleRun({ ...row, run_id: row.run_id }),
  }));
}
