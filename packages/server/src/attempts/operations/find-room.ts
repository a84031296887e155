import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';

const STATEMENT = `
select s.max_attempts - (
  select count(*) from attempts a where a.session_id = s.id and a.state in (${LIVE_STATES_SQL})
)::integer as room
from agent_sessions s
where s.id = $1`;

/**
 * How many more attempts its agent runs at a time than the session holds, negative when it holds more; undefined: an older agent has
 * not said how many. Uses agent_sessions_pkey and attempts_live_session_idx; locks nothing.
 */
export async function findRoom(db: Db, sessionId: string): Promise<number | undefined> {
  const { rows } = await db.query<{ room: number | null }>(STATEMENT, [sessionId]);
  return rows[0]?.room ?? undefined;
}
