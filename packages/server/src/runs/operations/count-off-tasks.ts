import type { Db } from '../../db/database.ts';

const STATEMENT = `
update runs
set unfinished_tasks = unfinished_tasks - $2
where id = $1 and unfinished_tasks > $2
returning id`;

/**
 * Counts ended tasks off a run that has others left; false (no row) means these were the last, and the run must be
 * ended in the same transaction. The run is locked. Uses runs_pkey.
 */
export async function countOffTasks(db: Db, runId: string, endedTasks: number): Promise<boolean> {
  const answer = await db.query(STATEMENT, [runId, endedTasks]);
  return answer.rowCount === 1;
}
