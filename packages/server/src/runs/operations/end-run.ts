import type { RunState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = `
update runs
set state = $2, finished_at = now(), unfinished_tasks = 0
where id = $1 and finished_at is null`;

/** Ends a run whose last task has ended. The run is locked. Uses runs_pkey; no row: it has ended already. */
export async function endRun(db: Db, runId: string, state: RunState): Promise<void> {
  await db.query(STATEMENT, [runId, state]);
}
