import type { Db } from '../../db/database.ts';

/** Functions and inputs need an agent that understands protocol 2. */
const STATEMENT = `
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on, ready_at, trigger_rule,
                       pool, priority, requires)
select r.id, t.task_id, t.position, r.environment, t.graph_hash,
       case when u.waiting_on = 0 then 'ready' else 'waiting' end, u.waiting_on,
       case when u.waiting_on = 0 then now() end,
       coalesce(t.spec->>'triggerRule', 'all_succeeded'), coalesce(t.spec->>'pool', ''),
       coalesce((t.spec->>'priority')::integer, 0),
       case when t.spec->>'kind' = 'function' or t.spec ? 'inputs' then 2 else 1 end
from runs r
join graph_tasks t on t.graph_hash = r.graph_hash
cross join lateral (
  select count(distinct upstream)::integer as waiting_on
  from jsonb_array_elements_text(t.spec->'dependsOn') as upstream
) u
where r.id = any ($1::uuid[])`;

/** Gives new runs their tasks, copied from the stored graphs; those without upstreams are ready. Once per run. */
export async function insertRunTasks(db: Db, runIds: readonly string[]): Promise<void> {
  await db.query(STATEMENT, [runIds]);
}
