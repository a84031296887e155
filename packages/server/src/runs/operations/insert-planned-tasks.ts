import type { PlannedTask } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A success that was itself reused leads to the attempt that earned it. */
const STATEMENT = `
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on, upstreams_skipped, ready_at,
                       trigger_rule, pool, priority, requires, reused_from_attempt_id)
select $1, o.task_id, o.position, o.environment, o.graph_hash, p.state, p.waiting_on, p.upstreams_skipped,
       case when p.state = 'ready' then now() end,
       o.trigger_rule, o.pool, o.priority, o.requires,
       case when p.is_reused then coalesce(a.id, o.reused_from_attempt_id) end
from runs r
join run_tasks o on o.run_id = r.rerun_of
join unnest($2::text[], $3::text[], $4::integer[], $5::integer[], $6::boolean[])
     as p (task_id, state, waiting_on, upstreams_skipped, is_reused) on p.task_id = o.task_id
left join attempts a on a.run_id = o.run_id and a.task_id = o.task_id and a.state = 'succeeded'
where r.id = $1`;

/** Gives a re-run its tasks as planned from the original's. Uses run_tasks_pkey and attempts_succeeded_task_key. */
export async function insertPlannedTasks(db: Db, runId: string, planned: readonly PlannedTask[]): Promise<void> {
  await db.query(STATEMENT, [
    runId,
    planned.map(({ taskId }) => taskId),
    planned.map(({ state }) => state),
    planned.map(({ waitingOn }) => waitingOn),
    planned.map(({ upstreamsSkipped }) => upstreamsSkipped),
    planned.map(({ isReused }) => isReused),
  ]);
}
