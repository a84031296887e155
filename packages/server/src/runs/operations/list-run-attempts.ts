import type { AttemptView } from '@towpath/api';
import type { AttemptState } from '@towpath/core';
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
}

const STATEMENT = `
select a.id, a.task_id, a.number, a.epoch, a.state, g.name as agent, a.host, a.granted_at, a.started_at, a.finished_at,
       a.exit_code, a.reason_code, a.reason, a.result, a.log_length
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
  }));
}
