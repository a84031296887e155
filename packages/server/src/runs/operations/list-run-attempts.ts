import type { AttemptView } from '@towpath/api';
import type { AttemptOutcome, AttemptState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly id: string;
  readonly task_id: string;
  readonly number: number;
  readonly epoch: number;
  readonly state: AttemptState;
  readonly agent: string;
  readonly host: string;
  readonly granted_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly exit_code: number | null;
  readonly reason_code: string | null;
  readonly reason: string | null;
  readonly result: AttemptView['result'];
  readonly log_length: number;
  readonly execution: AttemptView['execution'];
  readonly given_up_by: string | null;
  readonly late_outcome: AttemptOutcome | null;
  readonly late_exit_code: number | null;
  readonly late_reported_at: string | null;
}

const STATEMENT = `
select a.id, a.task_id, a.number, a.epoch, a.state, g.name as agent, a.host, a.granted_at, a.started_at, a.finished_at,
       a.exit_code, a.reason_code, a.reason, a.result, a.log_length, a.execution, a.given_up_by,
       a.late_outcome, a.late_exit_code, a.late_reported_at
from attempts a
join agents g on g.id = a.agent_id
where a.run_id = $1
order by a.task_id, a.number`;

/** The attempts of a run. Uses attempts_number_key; locks nothing. */
export async function listRunAttempts(db: Db, runId: string): Promise<AttemptView[]> {
  const { rows } = await db.query<Row>(STATEMENT, [runId]);
  return rows.map((row) => ({
    id: row.id,
    taskId: row.task_id,
    number: row.number,
    epoch: row.epoch,
    state: row.state,
    agent: row.agent,
    host: row.host,
    grantedAt: row.granted_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    exitCode: row.exit_code,
    reasonCode: row.reason_code,
    reason: row.reason,
    result: row.result,
    logLengthBytes: row.log_length,
    execution: row.execution,
    givenUpBy: row.given_up_by,
    lateResult: toLateResult(row),
  }));
}

function toLateResult({ late_outcome, late_exit_code, late_reported_at }: Row): AttemptView['lateResult'] {
  if (late_outcome === null || late_reported_at === null) return null;
  return { outcome: late_outcome, exitCode: late_exit_code, reportedAt: late_reported_at };
}
