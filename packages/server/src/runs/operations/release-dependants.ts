import type { Db } from '../../db/database.ts';

const STATEMENT = `
with dependants as materialized (
  select t.run_id, t.task_id
  from run_task_edges e
  join run_tasks t on t.run_id = e.run_id and t.task_id = e.downstream_id
  where e.run_id = $1 and e.upstream_id = $2 and t.state = 'waiting'
  order by t.task_id
  for no key update of t
)
update run_tasks t
set waiting_on = t.waiting_on - 1,
    state = case when t.waiting_on = 1 then 'ready' else 'waiting' end,
    ready_at = case when t.waiting_on = 1 then now() end
from dependants d
where t.run_id = d.run_id and t.task_id = d.task_id
returning t.state = 'ready' as is_ready`;

/**
 * Counts a succeeded task off its dependants, locked in id order; returns how many became ready. The run is locked.
 * Uses run_task_edges_pkey and run_tasks_pkey. Once per succeeded task.
 */
export async function releaseDependants(db: Db, runId: string, taskId: string): Promise<number> {
  const { rows } = await db.query<{ is_ready: boolean }>(STATEMENT, [runId, taskId]);
  return rows.filter(({ is_ready }) => is_ready).length;
}
