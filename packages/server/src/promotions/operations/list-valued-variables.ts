import type { Db } from '../../db/database.ts';

const STATEMENT = `
with live as (
  select a.id
  from agents a
  join agent_sessions s on s.agent_id = a.id and s.ended_at is null and s.silent_at is null
  where a.environment = $1
)
select v ->> 'name' as name
from live
join environment_configurations c on c.environment = $1 and c.agent_id = live.id
cross join lateral jsonb_array_elements(c.report -> 'values') v
where v ->> 'name' = any ($2) and coalesce(v ->> 'text', v ->> 'mask', '') <> ''
group by 1
having count(distinct live.id) = (select count(*) from live)`;

/**
 * Of these variables, those that every live agent of an environment has said it has a value for; none where none lives. Uses agents_name_key,
 * agent_sessions_live_agent_key and environment_configurations_pkey; locks nothing.
 */
export async function listValuedVariables(
  db: Db,
  environment: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ name: string }>(STATEMENT, [environment, names]);
  return new Set(rows.map(({ name }) => name));
}
