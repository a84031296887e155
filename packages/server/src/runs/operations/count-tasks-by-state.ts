import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** How many tasks are in each state. */
export type TaskCounts = Readonly<Partial<Record<TaskState, number>>>;

const STATEMENT = `
select run_id, json_object_agg(state, tasks) as counts
from (select run_id, state, count(*) as tasks from run_tasks where run_id = any ($1::uuid[]) group by run_id, state) c
group by run_id`;

/** The task counts of runs, by run. Uses run_tasks_pkey; once per run, when it ends. */
export async function countTasksByState(db: Db, runIds: readonly string[]): Promise<ReadonlyMap<string, TaskCounts>> {
  const { rows } = await db.query<{ run_id: string; counts: TaskCounts }>(STATEMENT, [runIds]);
  return new Map(rows.map(({ run_id, counts }) => [run_id, counts]));
}
