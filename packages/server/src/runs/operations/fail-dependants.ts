import type { Db } from '../../db/database.ts';

const STATEMENT = `
with recursive downstream (task_id) as (
  select downstream_id from run_task_edges where run_id = $1 and upstream_id = $2
  union
  select e.downstream_id
  from downstream d
  join run_task_edges e on e.run_id = $1 and e.upstream_id = d.task_id
)
update run_tasks t
set state = 'upstream_failed'
from downstream d
where t.run_id = $1 and t.task_id = d.task_id and t.state = 'waiting'`;

/**
 * Ends everything that waits for a task which did not succeed, directly or through others; returns how many tasks
 * ended. The run is locked, so no order of task locks is needed. Uses run_task_edges_pkey and run_tasks_pkey.
 */
export async function failDependants(db: Db, runId: string, taskId: string): Promise<number> {
  const answer = await db.query(STATEMENT, [runId, taskId]);
  return answer.rowCount ?? 0;
}
