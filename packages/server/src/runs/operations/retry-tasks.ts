import type { Db } from '../../db/database.ts';

/** A task that is tried again. */
export interface TaskRetry {
  readonly runId: string;
  readonly taskId: string;
  readonly delaySeconds: number;
}

const STATEMENT = `
update run_tasks t
set state = 'ready', ready_at = now() + make_interval(secs => r.delay_seconds)
from unnest($1::uuid[], $2::text[], $3::double precision[]) as r (run_id, task_id, delay_seconds)
where t.run_id = r.run_id and t.task_id = r.task_id and t.state = 'running'`;

/** Makes running tasks ready again, after a pause. Their runs are locked. Uses run_tasks_pkey. */
export async function retryTasks(db: Db, retries: readonly TaskRetry[]): Promise<void> {
  if (retries.length === 0) return;
  await db.query(STATEMENT, [
    retries.map(({ runId }) => runId),
    retries.map(({ taskId }) => taskId),
    retries.map(({ delaySeconds }) => delaySeconds),
  ]);
}
