import type { AttemptView, RunDetail } from '@towpath/api';
import type pg from 'pg';
import { withSnapshot } from '../../db/database.ts';
import { getRun } from '../get-run.ts';
import type { RunKey } from '../operations/find-run.ts';
import { listRunAttempts } from '../operations/list-run-attempts.ts';
import { listRunTasks } from '../operations/list-run-tasks.ts';

/**
 * A run with tasks and attempts, all of the same moment.
 *
 * @throws TowpathError `RUN_UNKNOWN`
 */
export function readRunDetail(pool: pg.Pool, key: RunKey): Promise<RunDetail> {
  return withSnapshot(pool, async (tx) => {
    const run = await getRun(tx, key);
    const tasks = await listRunTasks(tx, run.id);
    const attempts = Map.groupBy(await listRunAttempts(tx, run.id), (attempt: AttemptView) => attempt.taskId);
    return { ...run, tasks: tasks.map((task) => ({ ...task, attempts: attempts.get(task.id) ?? [] })) };
  });
}
