import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';

/** An attempt that a session holds. */
export interface SessionAttempt {
  readonly id: string;
  readonly sessionId: string;
}

const STATEMENT = `
select id, session_id from attempts where session_id = any ($1::uuid[]) and state in (${LIVE_STATES_SQL})`;

/** Live attempts of sessions. Uses attempts_live_session_idx; locks nothing. */
export async function listSessionAttempts(db: Db, sessionIds: readonly string[]): Promise<SessionAttempt[]> {
  const { rows } = await db.query<{ id: string; session_id: string }>(STATEMENT, [sessionIds]);
  return rows.map(({ id, session_id }) => ({ id, sessionId: session_id }));
}
