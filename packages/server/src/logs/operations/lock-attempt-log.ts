import type { AttemptState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An attempt as the writer of its log sees it. */
export interface LockedLog {
  readonly runId: string;
  readonly environment: string;
  readonly epoch: number;
  readonly state: AttemptState;
  readonly lengthBytes: number;
}

interface Row {
  readonly run_id: string;
  readonly environment: string;
  readonly epoch: number;
  readonly state: AttemptState;
  readonly log_length: number;
}

const STATEMENT = `
select run_id, environment, epoch, state, log_length
from attempts
where id = $1 and agent_id = $2
for no key update`;

/** Locks an attempt of this agent for an append. Uses attempts_pkey. Undefined: not an attempt of this agent. */
export async function lockAttemptLog(db: Db, attemptId: string, agentId: string): Promise<LockedLog | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [attemptId, agentId]);
  const row = rows[0];
  return (
    row && {
      runId: row.run_id,
      environment: row.environment,
      epoch: row.epoch,
      state: row.state,
      lengthBytes: row.log_length,
    }
  );
}
