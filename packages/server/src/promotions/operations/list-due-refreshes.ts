import type { Db } from '../../db/database.ts';

/** A full refresh that is to be started, and where. */
export interface DueRefresh {
  readonly promotionId: string;
  readonly environment: string;
}

const STATEMENT = `
select f.promotion_id, p.environment
from refreshes f
join promotions p on p.id = f.promotion_id
where f.run_id is null and f.problem is null and p.state = 'succeeded'
order by f.promotion_id`;

/**
 * Full refreshes of rollbacks that have taken effect, and which nobody has started. Uses refreshes_unstarted_idx and promotions_pkey;
 * locks nothing, so each is looked at again under its lock.
 */
export async function listDueRefreshes(db: Db): Promise<readonly DueRefresh[]> {
  const { rows } = await db.query<{ promotion_id: string; environment: string }>(STATEMENT);
  return rows.map((row) => ({ promotionId: row.promotion_id, environment: row.environment }));
}
