import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';

const STATEMENT = `
select a.id
from attempts a
join runs r on r.id = a.run_id
where a.session_id = $1 and a.state in (${LIVE_STATES_SQL}) and r.cancel_requested_at is not null
order by a.id`;

/** Attempts of a session that should end. Uses attempts_live_session_idx; locks nothing; with each renewal and claim. */
export async function listCancelIntents(db: Db, sessionId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [sessionId]);
  return rows.map(({ id }) => id);
}
