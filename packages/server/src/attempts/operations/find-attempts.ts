import type { AttemptState, JsonValue } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An attempt as its writers need to know it. */
export interface FoundAttempt {
  readonly id: string;
  readonly runId: string;
  readonly taskId: string;
  readonly environment: string;
  readonly state: AttemptState;
  readonly hasStarted: boolean;
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
  readonly id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly environment: string;
  readonly state: AttemptState;
  readonly has_started: boolean;
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
select id, run_id, task_id, environment, state, started_at is not null as has_started, epoch, session_id, agent_id, exit_code, reason_code, reason, result,
       log_length
from attempts
where id = any ($1::uuid[])`;

/** Attempts by id. Uses attempts_pkey; locks nothing; unknown ids are left out. */
export async function findAttempts(db: Db, attemptIds: readonly string[]): Promise<ReadonlyMap<string, FoundAttempt>> {
  const { rows } = await db.query<Row>(STATEMENT, [attemptIds]);
  return new Map(rows.map((row) => [row.id, toAttempt(row)]));
}

/** One attempt; undefined: there is none. */
export async function findAttempt(db: Db, attemptId: string): Promise<FoundAttempt | undefined> {
  return (await findAttempts(db, [attemptId])).get(attemptId);
}

function toAttempt(row: Row): FoundAttempt {
  return {
    id: row.id,
    runId: row.run_id,
    taskId: row.task_id,
    environment: row.environment,
    state: row.state,
    hasStarted: row.has_started,
    epoch: row.epoch,
    sessionId: row.session_id,
    agentId: row.agent_id,
    exitCode: row.exit_code,
    reasonCode: row.reason_code,
    reason: row.reason,
    result: row.result,
    logLengthBytes: row.log_length,
  };
}
