import type { Db } from '../../db/database.ts';

const STATEMENT = `
update run_tasks set state = 'cancelled', ready_at = null where run_id = $1 and state in ('waiting', 'ready')`;

/** Ends what no agent holds; returns how many tasks. The run is locked against claims. Uses run_tasks_pkey. */
export async function cancelUnstartedTasks(db: Db, runId: string): Promise<number> {
  const answer = await db.query(STATEMENT, [runId]);
  return answer.rowCount ?? 0;
}
