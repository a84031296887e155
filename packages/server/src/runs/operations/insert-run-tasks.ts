import type { Db } from '../../db/database.ts';

const STATEMENT = `
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on, ready_at)
select r.id, t.task_id, t.position, r.environment, t.graph_hash,
       case when u.waiting_on = 0 then 'ready' else 'waiting' end, u.waiting_on,
       case when u.waiting_on = 0 then now() end
from runs r
join graph_tasks t on t.graph_hash = r.graph_hash
cross join lateral (
  select count(distinct upstream)::integer as waiting_on
  from jsonb_array_elements_text(t.spec->'dependsOn') as upstream
) u
where r.id = $1`;

/** Gives a new run its tasks, copied from the stored graph; those without upstreams are ready. Once per run. */
export async function insertRunTasks(db: Db, runId: string): Promise<void> {
  await db.query(STATEMENT, [runId]);
}
