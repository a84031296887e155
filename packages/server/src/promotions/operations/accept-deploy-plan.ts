import type { Db } from '../../db/database.ts';

const STATEMENT = `
update deploy_plans set accepted_at = clock_timestamp()
where id = $1 and sha256 is not null and withdrawn_at is null and accepted_at is null`;

/** Lets a plan be applied, in the transaction in which its promotion begins. False: it does not count any more. */
export async function acceptDeployPlan(db: Db, planId: string): Promise<boolean> {
  return (await db.query(STATEMENT, [planId])).rowCount === 1;
}
