import type { Db } from '../../db/database.ts';

/** A success that was itself reused leads to the attempt that earned it. */
const STATEMENT = `
with original as materialized (
  select t.*, t.state = 'succeeded' as is_done
  from runs r
  join run_tasks t on t.run_id = r.rerun_of
  where r.id = $1
), waiting as materialized (
  select e.downstream_id as task_id, count(*)::integer as waiting_on
  from original u
  join run_task_edges e on e.run_id = u.run_id and e.upstream_id = u.task_id
  where not u.is_done
  group by e.downstream_id
)
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on, ready_at,
                       reused_from_attempt_id)
select $1, o.task_id, o.position, o.environment, o.graph_hash,
       case when o.is_done then 'succeeded' when w.task_id is null then 'ready' else 'waiting' end,
       coalesce(w.waiting_on, 0),
       case when not o.is_done and w.task_id is null then now() end,
       case when o.is_done then coalesce(a.id, o.reused_from_attempt_id) end
from original o
left join waiting w on w.task_id = o.task_id
left join attempts a on a.run_id = o.run_id and a.task_id = o.task_id and a.state = 'succeeded'`;

/**
 * Gives a re-run its tasks: what succeeded in the original is done, the rest waits for what is not. Uses run_tasks_pkey,
 * run_task_edges_pkey and attempts_succeeded_task_key. Once per re-run.
 */
export async function insertUnfinishedTasks(db: Db, runId: string): Promise<void> {
  await db.query(STATEMENT, [runId]);
}
