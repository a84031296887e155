import type { Db } from '../../db/database.ts';

/** Of whom the next thing to give is looked for. */
export interface Waiting {
  readonly environment: string;
  readonly sessionId: string;
  /** A grant whose start wasn't reported for so long is sent again. */
  readonly redeliverAfterSeconds: number;
}

const STATEMENT = `
select extract(epoch from least(
  (select min(ready_at) from run_tasks where environment = $1 and state = 'ready' and ready_at > now()),
  (select min(delivered_at) from attempts where session_id = $2 and state = 'granted') + make_interval(secs => $3)
) - now()) * 1000 as wait_ms`;

/**
 * Milliseconds until the next retry of an environment is due, or a grant of the session is to be sent again. Uses
 * run_tasks_ready_at_idx and attempts_live_session_idx. Undefined: nothing waits.
 */
export async function findNextReady(db: Db, waiting: Waiting): Promise<number | undefined> {
  const { environment, sessionId, redeliverAfterSeconds } = waiting;
  const { rows } = await db.query<{ wait_ms: string | null }>(STATEMENT, [
    environment,
    sessionId,
    redeliverAfterSeconds,
  ]);
  const waitMs = rows[0]?.wait_ms;
  return waitMs === null || waitMs === undefined ? undefined : Math.ceil(Number(waitMs));
}
