import type { Db } from '../../db/database.ts';

const STATEMENT = `
select p.name
from pools p
where p.environment = $1
  and exists (select from run_tasks t
              where t.environment = $1 and t.pool = p.name and t.state = 'ready' and t.ready_at <= now())
order by p.name
for no key update`;

/**
 * Locks the pools that ready tasks wait for, in name order, until commit: claims of one pool follow each other, so that
 * what the next statement counts as held is true. Uses pools_pkey and run_tasks_room_idx; with each claim. No rows: no
 * task that is ready needs a pool.
 */
export async function lockWantedPools(db: Db, environment: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(STATEMENT, [environment]);
  return rows.map(({ name }) => name);
}
