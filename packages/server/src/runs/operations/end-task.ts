import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A task and the state it ends in. */
export interface TaskEnding {
  readonly runId: string;
  readonly taskId: string;
  readonly state: Extract<TaskState, 'succeeded' | 'failed' | 'errored' | 'cancelled'>;
}

const STATEMENT = `update run_tasks set state = $3 where run_id = $1 and task_id = $2 and state = 'running'`;

/** Ends a running task; true when it was running. The run is locked. Uses run_tasks_pkey. */
export async function endTask(db: Db, { runId, taskId, state }: TaskEnding): Promise<boolean> {
  const answer = await db.query(STATEMENT, [runId, taskId, state]);
  return answer.rowCount === 1;
}
