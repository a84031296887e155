import type { Db } from '../../db/database.ts';
import type { DesiredRelease } from './set-desired-release.ts';

const STATEMENT = `
insert into deployments (environment, release_id, promotion_id, started_at) values ($1, $2, $3, clock_timestamp())`;

/** Begins what an environment runs from now on; deployments_current_key wants the one before to be ended. */
export async function beginDeployment(db: Db, { environment, releaseId, promotionId }: DesiredRelease): Promise<void> {
  await db.query(STATEMENT, [environment, releaseId, promotionId]);
}
