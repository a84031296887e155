import type { Db } from '../../db/database.ts';

/** A task that is tried again. */
export interface TaskRetry {
  readonly runId: string;
  readonly taskId: string;
  readonly delaySeconds: number;
}

const STATEMENT = `
update run_tasks set state = 'ready', ready_at = now() + make_interval(secs => $3)
where run_id = $1 and task_id = $2 and state = 'running'`;

/** Makes a running task ready again, after a pause. The run is locked. Uses run_tasks_pkey; no row: it isn't running. */
export async function retryTask(db: Db, { runId, taskId, delaySeconds }: TaskRetry): Promise<void> {
  await db.query(STATEMENT, [runId, taskId, delaySeconds]);
}
