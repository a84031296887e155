import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';

const STATEMENT = `select id from attempts where session_id = any ($1::uuid[]) and state in (${LIVE_STATES_SQL})`;

/** Live attempts of sessions. Uses attempts_live_session_idx; locks nothing. */
export async function listSessionAttempts(db: Db, sessionIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [sessionIds]);
  return rows.map(({ id }) => id);
}
