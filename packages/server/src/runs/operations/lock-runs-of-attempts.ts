import type { Db } from '../../db/database.ts';
import { type LockedRun, type LockedRunRow, toLockedRun } from './lock-runs.ts';

const STATEMENT = `
select id, environment, cancel_requested_at is not null as is_cancel_requested, unfinished_tasks
from runs
where id in (select run_id from attempts where id = any ($1::uuid[]) and agent_id = $2)
order by id
for no key update`;

/** Locks the runs of an agent's attempts in id order, see lockRuns. Uses attempts_pkey and runs_pkey; with each finish. */
export async function lockRunsOfAttempts(db: Db, attemptIds: readonly string[], agentId: string): Promise<LockedRun[]> {
  const { rows } = await db.query<LockedRunRow>(STATEMENT, [attemptIds, agentId]);
  return rows.map(toLockedRun);
}
