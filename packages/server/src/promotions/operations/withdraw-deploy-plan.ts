import type { Db } from '../../db/database.ts';

const STATEMENT = `
update deploy_plans set withdrawn_at = clock_timestamp(), withdrawn_why = $2
where id = $1 and withdrawn_at is null and accepted_at is null`;

/** Lets a plan count no more. The decisions of its environment are locked. False: it did not before, or it was accepted. */
export async function withdrawDeployPlan(db: Db, planId: string, why: string): Promise<boolean> {
  return (await db.query(STATEMENT, [planId, why])).rowCount === 1;
}
