import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';

const STATEMENT = `
select a.id
from attempts a
join runs r on r.id = a.run_id
where a.session_id = $1 and a.state in (${LIVE_STATES_SQL}) and r.cancel_requested_at is not null
union all
select g.id
from attempts g
where g.session_id = $1 and g.given_up_at is not null and g.late_reported_at is null
order by id`;

/**
 * Attempts of a session that should end: somebody asked for it, or they were given up while it was silent. Uses
 * attempts_live_session_idx and attempts_unheard_session_idx; locks nothing; with each renewal and claim.
 */
export async function listCancelIntents(db: Db, sessionId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [sessionId]);
  return rows.map(({ id }) => id);
}
