import type { RunState } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A run whose last task has ended. */
export interface RunEnding {
  readonly runId: string;
  readonly state: RunState;
}

const STATEMENT = `
update runs r
set state = e.state, finished_at = now(), unfinished_tasks = 0
from unnest($1::uuid[], $2::text[]) as e (run_id, state)
where r.id = e.run_id and r.finished_at is null
returning r.schedule_id`;

/**
 * Ends runs whose last task has ended; true when one was a schedule's. They are locked. Uses runs_pkey; one that has ended
 * already stays as it is.
 */
export async function endRuns(db: Db, endings: readonly RunEnding[]): Promise<boolean> {
  const values = [endings.map(({ runId }) => runId), endings.map(({ state }) => state)];
  const { rows } = await db.query<{ schedule_id: string | null }>(STATEMENT, values);
  return rows.some((row) => row.schedule_id !== null);
}
