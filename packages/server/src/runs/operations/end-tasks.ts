import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A task and the state it ends in. */
export interface TaskEnding {
  readonly runId: string;
  readonly taskId: string;
  readonly state: Extract<TaskState, 'succeeded' | 'failed' | 'errored' | 'cancelled'>;
}

const STATEMENT = `
update run_tasks t
set state = e.state
from unnest($1::uuid[], $2::text[], $3::text[]) as e (run_id, task_id, state)
where t.run_id = e.run_id and t.task_id = e.task_id and t.state = 'running'`;

/** Ends running tasks. Their runs are locked. Uses run_tasks_pkey; a task that isn't running is left as it is. */
export async function endTasks(db: Db, endings: readonly TaskEnding[]): Promise<void> {
  if (endings.length === 0) return;
  await db.query(STATEMENT, [
    endings.map(({ runId }) => runId),
    endings.map(({ taskId }) => taskId),
    endings.map(({ state }) => state),
  ]);
}
