import type { AttemptState, JsonValue } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An attempt as its writers need to know it. */
export interface FoundAttempt {
  readonly runId: string;
  readonly taskId: string;
  readonly environment: string;
  readonly state: AttemptState;
  readonly epoch: number;
  readonly sessionId: string;
  readonly agentId: string;
  readonly exitCode: number | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly result: JsonValue;
  readonly logLengthBytes: number;
}

interface Row {
  readonly run_id: string;
  readonly task_id: string;
  readonly environment: string;
  readonly state: AttemptState;
  readonly epoch: number;
  readonly session_id: string;
  readonly agent_id: string;
  readonly exit_code: number | null;
  readonly reason_code: string | null;
  readonly reason: string | null;
  readonly result: JsonValue;
  readonly log_length: number;
}

const STATEMENT = `
select run_id, task_id, environment, state, epoch, session_id, agent_id, exit_code, reason_code, reason, result,
       log_length
from attempts
where id = $1`;

/** One attempt. Uses attempts_pkey; locks nothing. Undefined: there is none. */
export async function findAttempt(db: Db, attemptId: string): Promise<FoundAttempt | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [attemptId]);
  const row = rows[0];
  return (
    row && {
      runId: row.run_id,
      taskId: row.task_id,
      environment: row.environment,
      state: row.state,
      epoch: row.epoch,
      sessionId: row.session_id,
      agentId: row.agent_id,
      exitCode: row.exit_code,
      reasonCode: row.reason_code,
      reason: row.reason,
      result: row.result,
      logLengthBytes: row.log_length,
    }
  );
}
