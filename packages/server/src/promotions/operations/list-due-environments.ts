import type { Db } from '../../db/database.ts';

const STATEMENT = `
select p.environment
from promotions p
cross join lateral (
  select count(*) as live, count(r.session_id) as reported, count(r.error_code) as failed
  from agents a
  join agent_sessions s on s.agent_id = a.id and s.ended_at is null and s.silent_at is null
  left join session_releases r on r.session_id = s.id and r.release_id = p.release_id
  where a.environment = p.environment
) o
where p.state in ('pending', 'running')
  and (p.state = 'pending' or p.ask_again_at <= clock_timestamp() or o.failed > 0 or o.live > 0 and o.reported = o.live)
order by p.id`;

/**
 * Environments with a promotion that waits, or that runs and about which agents or time have said all there is to say; oldest
 * first. Uses promotions_live_key, agents_name_key and agent_sessions_live_agent_key; locks nothing, so each is looked at again
 * under its lock.
 */
export async function listDueEnvironments(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ environment: string }>(STATEMENT);
  return rows.map(({ environment }) => environment);
}
