import type { AttemptState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An attempt as the writer of its log sees it. */
export interface LockedLog {
  readonly runId: string;
  readonly environment: string;
  readonly epoch: number;
  readonly state: AttemptState;
  readonly lengthBytes: number;
  /** It was given up and its agent has not reported its end yet: what it wrote is still of interest. */
  readonly isAwaitingLate: boolean;
}

interface Row {
  readonly run_id: string;
  readonly environment: string;
  readonly epoch: number;
  readonly state: AttemptState;
  readonly log_length: number;
  readonly is_awaiting_late: boolean;
}

const STATEMENT = `
select run_id, environment, epoch, state, log_length,
       given_up_at is not null and late_reported_at is null as is_awaiting_late
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
      isAwaitingLate: row.is_awaiting_late,
    }
  );
}
