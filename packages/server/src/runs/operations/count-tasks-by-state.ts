import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = `select state, count(*) as tasks from run_tasks where run_id = $1 group by state`;

/** How many tasks of a run are in each state. Uses run_tasks_pkey; once per run, when it ends. */
export async function countTasksByState(db: Db, runId: string): Promise<Partial<Record<TaskState, number>>> {
  const { rows } = await db.query<{ state: TaskState; tasks: number }>(STATEMENT, [runId]);
  return Object.fromEntries(rows.map(({ state, tasks }) => [state, tasks]));
}
