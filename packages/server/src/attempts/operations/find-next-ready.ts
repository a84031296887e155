import type { Db } from '../../db/database.ts';

const STATEMENT = `
select extract(epoch from min(ready_at) - now()) * 1000 as wait_ms
from run_tasks
where environment = $1 and state = 'ready' and ready_at > now()`;

/** Milliseconds until the next retry of an environment is due. Uses run_tasks_ready_at_idx. Undefined: none waits. */
export async function findNextReady(db: Db, environment: string): Promise<number | undefined> {
  const { rows } = await db.query<{ wait_ms: string | null }>(STATEMENT, [environment]);
  const waitMs = rows[0]?.wait_ms;
  return waitMs === null || waitMs === undefined ? undefined : Math.ceil(Number(waitMs));
}
