import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** How many tasks are in each state. */
export type TaskCounts = Readonly<Partial<Record<TaskState, number>>>;

const STATEMENT = `
with ended (run_id, tasks) as (
  select * from unnest($1::uuid[], $2::integer[])
), left_over as (
  update runs r
  set unfinished_tasks = r.unfinished_tasks - e.tasks
  from ended e
  where r.id = e.run_id and r.unfinished_tasks > e.tasks
  returning r.id
)
select e.run_id, (
  select json_object_agg(c.state, c.tasks)
  from (select state, count(*) as tasks from run_tasks t where t.run_id = e.run_id group by state) c
) as counts
from ended e
where not exists (select from left_over l where l.id = e.run_id)`;

/**
 * Counts ended tasks off runs, given by run; returns the runs whose last they were, each with the counts of its tasks: they must be
 * ended in the same transaction. The runs are locked. Uses runs_pkey and, once per run, run_tasks_pkey.
 */
export async function countOffTasks(
  db: Db,
  endedTasks: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, TaskCounts>> {
  const values = [[...endedTasks.keys()], [...endedTasks.values()]];
  const { rows } = await db.query<{ run_id: string; counts: TaskCounts }>(STATEMENT, values);
  return new Map(rows.map(({ run_id, counts }) => [run_id, counts]));
}
