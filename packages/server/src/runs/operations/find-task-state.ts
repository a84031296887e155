import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = `select state from run_tasks where run_id = $1 and task_id = $2`;

/** The state of a task that exists (an attempt of it does). Uses run_tasks_pkey; locks nothing. */
export async function findTaskState(db: Db, runId: string, taskId: string): Promise<TaskState> {
  const { rows } = await db.query<{ state: TaskState }>(STATEMENT, [runId, taskId]);
  const row = rows[0];
  if (!row) throw new Error(`run ${runId} has no task ${taskId}`);
  return row.state;
}
