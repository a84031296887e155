// The columns of a run as people see it, shared by the statements that list or find runs.
import type { RunSummary } from '@towpath/api';
import { formatRunName, type RunState } from '@towpath/core';

/** A row of `RUN_SUMMARY_COLUMNS`. */
export interface RunSummaryRow {
  readonly id: string;
  readonly run_number: number;
  readonly pipeline: string;
  readonly environment: string;
  readonly state: RunState;
  readonly is_cancel_requested: boolean;
  readonly trigger: string;
  readonly logical_at: string | null;
  readonly note: string | null;
  readonly rerun_of: RunSummary['rerunOf'];
  readonly created_by: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly task_counts: RunSummary['taskCounts'];
}

/** For `select … from runs r`; the counts read run_tasks_pkey, the run it repeats runs_pkey. */
export const RUN_SUMMARY_COLUMNS = `
r.id, r.run_number, r.pipeline, r.environment, r.state, r.cancel_requested_at is not null as is_cancel_requested,
r.trigger, r.logical_at, r.note, r.created_by, r.created_at, r.started_at, r.finished_at,
(select jsonb_build_object('id', o.id, 'number', o.run_number) from runs o where o.id = r.rerun_of) as rerun_of,
(select jsonb_object_agg(c.state, c.tasks)
 from (select t.state, count(*) as tasks from run_tasks t where t.run_id = r.id group by t.state) c) as task_counts`;

/** Turns a row into the summary of the API. */
export function toRunSummary(row: RunSummaryRow): RunSummary {
  return {
    id: row.id,
    number: row.run_number,
    name: formatRunName(row.pipeline, row.environment, row.run_number),
    pipeline: row.pipeline,
    environment: row.environment,
    state: row.state,
    isCancelRequested: row.is_cancel_requested,
    trigger: row.trigger,
    logicalAt: row.logical_at,
    note: row.note,
    rerunOf: row.rerun_of,
    createdBy: row.created_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    taskCounts: row.task_counts,
  };
}
