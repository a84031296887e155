import type { TaskView } from '@towpath/api';
import type { GraphTask, TaskState } from '@towpath/core';
import { toTaskFacts } from '../../code/task-facts.ts';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly task_id: string;
  readonly state: TaskState;
  readonly retry_at: string | null;
  readonly reused_from_attempt_id: string | null;
  readonly spec: GraphTask;
}

const STATEMENT = `
select t.task_id, t.state, case when t.ready_at > now() then t.ready_at end as retry_at,
       t.reused_from_attempt_id, g.spec
from run_tasks t
join graph_tasks g on g.graph_hash = t.graph_hash and g.task_id = t.task_id
where t.run_id = $1
order by t.position`;

/** The tasks of a run in the author's order. Uses run_tasks_pkey and graph_tasks_pkey; locks nothing. */
export async function listRunTasks(db: Db, runId: string): Promise<Omit<TaskView, 'attempts'>[]> {
  const { rows } = await db.query<Row>(STATEMENT, [runId]);
  return rows.map(({ task_id, state, retry_at, reused_from_attempt_id, spec }) => ({
    id: task_id,
    state,
    ...toTaskFacts(spec),
    readyAt: retry_at,
    reusedFromAttemptId: reused_from_attempt_id,
  }));
}
