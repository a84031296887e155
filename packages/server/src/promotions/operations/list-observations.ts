import type { Db } from '../../db/database.ts';

/** What an agent of an environment says about a release. */
export interface Observation {
  readonly agent: string;
  /** Null: nothing yet, or something about another release. */
  readonly report: 'loaded' | { readonly code: string; readonly message: string } | null;
}

interface Row {
  readonly agent: string;
  readonly is_reported: boolean;
  readonly error_code: string | null;
  readonly error_message: string;
}

const STATEMENT = `
select a.name as agent, r.session_id is not null as is_reported, r.error_code, r.error_message
from agents a
left join agent_sessions s on s.agent_id = a.id and s.ended_at is null and s.silent_at is null
left join session_releases r on r.session_id = s.id and r.release_id = $2
where a.environment = $1 and (s.id is not null or exists (
  select from deploy_plans d join promotions p on p.id = d.promotion_id
  where d.agent_id = a.id and d.accepted_at is not null and p.environment = $1 and p.state = 'running'))
order by a.name`;

/**
 * All agents of an environment that live, and whoever is to apply the deploy plan of the promotion that runs, also while it is away: nobody
 * else can say that it was applied. Uses agent_sessions_live_agent_key; locks nothing.
 */
export async function listObservations(
  db: Db,
  environment: string,
  releaseId: string,
): Promise<readonly Observation[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment, releaseId]);
  return rows.map(({ agent, is_reported, error_code: code, error_message: message }) => ({
    agent,
    report: code !== null ? { code, message } : is_reported ? 'loaded' : null,
  }));
}
