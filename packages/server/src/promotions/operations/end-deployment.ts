import type { Db } from '../../db/database.ts';

const STATEMENT = `
update deployments set ended_at = clock_timestamp(), ended_by = $2 where environment = $1 and ended_at is null`;

/** Ends what an environment ran, by a promotion. The decisions about it are locked. Uses deployments_current_key. */
export async function endDeployment(db: Db, environment: string, promotionId: string): Promise<void> {
  await db.query(STATEMENT, [environment, promotionId]);
}
