import type { AttemptOutcome } from '@towpath/core';
import type { SessionKey } from '../../agents/operations/find-session.ts';
import type { Db } from '../../db/database.ts';

/** What an agent says about an attempt, too late. */
export interface LateReport {
  readonly attemptId: string;
  readonly epoch: number;
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
}

const STATEMENT = `
update attempts
set late_outcome = $5, late_exit_code = $6, late_reported_at = now()
where id = $1 and session_id = $2 and agent_id = $3 and epoch = $4
  and given_up_at is not null and late_reported_at is null
returning environment`;

/**
 * Keeps the first late report of an attempt that was given up; returns its environment. Uses attempts_pkey. Undefined: it
 * was not given up, the report is not its holder's, or one was kept before.
 */
export async function keepLateResult(db: Db, session: SessionKey, report: LateReport): Promise<string | undefined> {
  const { attemptId, epoch, outcome, exitCode } = report;
  const { rows } = await db.query<{ environment: string }>(STATEMENT, [
    attemptId,
    session.sessionId,
    session.agentId,
    epoch,
    outcome,
    exitCode,
  ]);
  return rows[0]?.environment;
}
