import type { Db } from '../../db/database.ts';

const STATEMENT = `
select distinct session_id
from attempts
where run_id = $1 and state in ('granted', 'running', 'uncertain')`;

/** The agent sessions that hold attempts of a run. Uses attempts_live_task_key; locks nothing. */
export async function listRunSessions(db: Db, runId: string): Promise<string[]> {
  const { rows } = await db.query<{ session_id: string }>(STATEMENT, [runId]);
  return rows.map(({ session_id }) => session_id);
}
