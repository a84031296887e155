import type { Db } from '../../db/database.ts';

const STATEMENT = `
update runs r
set unfinished_tasks = r.unfinished_tasks - c.ended
from unnest($1::uuid[], $2::integer[]) as c (run_id, ended)
where r.id = c.run_id and r.unfinished_tasks > c.ended
returning r.id`;

/**
 * Counts ended tasks off runs, given by run; returns the runs that have others left. For the rest these were the last, and
 * they must be ended in the same transaction. The runs are locked. Uses runs_pkey.
 */
export async function countOffTasks(db: Db, endedTasks: ReadonlyMap<string, number>): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [[...endedTasks.keys()], [...endedTasks.values()]]);
  return new Set(rows.map(({ id }) => id));
}
