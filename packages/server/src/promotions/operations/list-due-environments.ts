import type { Db } from '../../db/database.ts';

const STATEMENT = `
select p.environment
from promotions p
where p.state = 'pending'
   or p.state = 'running' and (
     p.ask_again_at <= clock_timestamp()
     or exists (
       select from agent_sessions s join session_releases r on r.session_id = s.id
       where s.environment = p.environment and s.ended_at is null and s.silent_at is null
         and r.release_id = p.release_id and r.error_code is not null)
     or exists (
       select from agent_sessions s
       where s.environment = p.environment and s.ended_at is null and s.silent_at is null)
     and not exists (
       select from agent_sessions s left join session_releases r on r.session_id = s.id and r.release_id = p.release_id
       where s.environment = p.environment and s.ended_at is null and s.silent_at is null and r.session_id is null))
order by p.id`;

/**
 * Environments with a promotion that waits, or that runs and about which agents or time have said all there is to say; oldest
 * first. Uses promotions_live_key and, as live sessions are few, agent_sessions_live_agent_key; locks nothing, so each is looked at
 * again under its lock.
 */
export async function listDueEnvironments(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ environment: string }>(STATEMENT);
  return rows.map(({ environment }) => environment);
}
