import type { Db } from '../../db/database.ts';
import type { UncertainAttempt } from './mark-attempts-uncertain.ts';

interface Row {
  readonly id: string;
  readonly run_id: string;
  readonly environment: string;
}

const STATEMENT = `
update attempts set state = case when started_at is null then 'granted' else 'running' end
where session_id = $1 and state = 'uncertain'
returning id, run_id, environment`;

/**
 * The same session came back after a silence: its attempts are certain again, under the epoch it knows. What it has not
 * reported as started may be a grant it never got: that is granted again, so that it is sent again. Uses
 * attempts_live_session_idx; returns those that changed.
 */
export async function restoreUncertainAttempts(db: Db, sessionId: string): Promise<UncertainAttempt[]> {
  const { rows } = await db.query<Row>(STATEMENT, [sessionId]);
  return rows.map((row) => ({ attemptId: row.id, runId: row.run_id, environment: row.environment }));
}
