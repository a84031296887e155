import type { Db } from '../../db/database.ts';

const STATEMENT = `
with deployed as (
  select release_id, promotion_id from deployments where environment = $1 and ended_at is null
), kept as (
  update desired_releases d
  set release_id = deployed.release_id, promotion_id = deployed.promotion_id, decided_at = now()
  from deployed
  where d.environment = $1
)
delete from desired_releases where environment = $1 and not exists (select from deployed)`;

/** Tells an environment to run what it runs: its deployed release, or the working tree. The decisions about it are locked. */
export async function restoreDesiredRelease(db: Db, environment: string): Promise<void> {
  await db.query(STATEMENT, [environment]);
}
