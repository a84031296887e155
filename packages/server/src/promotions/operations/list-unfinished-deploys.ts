import type { Db } from '../../db/database.ts';

/** Of a promotion `p`: its deploy plan was accepted, so it may have been applied in part, and nobody said that it was to the end. */
export const IS_UNFINISHED = `(p.started_at is not null and p.state in ('running', 'errored', 'aborted')
  and exists (select from deploy_plans x where x.promotion_id = p.id and x.accepted_at is not null))`;

const STATEMENT = `
select p.release_id
from promotions p
where p.environment = $1 and ${IS_UNFINISHED}
  and p.started_at > (select d.started_at from deployments d where d.environment = $1 and d.ended_at is null)
order by p.id desc`;

/**
 * Releases whose deploy plan was accepted since the current deployment and may have been applied in part: newest first. Nobody knows
 * what the environment's own things are after them. Uses promotions_environment_idx and deployments_current_key; locks nothing.
 */
export async function listUnfinishedDeploys(db: Db, environment: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ release_id: string }>(STATEMENT, [environment]);
  return rows.map((row) => row.release_id);
}
