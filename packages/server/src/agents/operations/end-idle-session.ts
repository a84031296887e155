import { LIVE_STATES_SQL } from '../../attempts/live-states.ts';
import type { Db } from '../../db/database.ts';

const STATEMENT = `
update agent_sessions s
set ended_at = now()
where s.id = $1 and s.ended_at is null
  and not exists (select from attempts a where a.session_id = s.id and a.state in (${LIVE_STATES_SQL}))`;

/** Ends a locked session; false (no row): it still holds attempts. Uses attempts_live_session_idx. */
export async function endIdleSession(db: Db, sessionId: string): Promise<boolean> {
  const answer = await db.query(STATEMENT, [sessionId]);
  return answer.rowCount === 1;
}
