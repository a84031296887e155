import type { Db } from '../../db/database.ts';

const STATEMENT = `
select pg_advisory_xact_lock_shared(hashtextextended('access of ' || person, 0))
from (
  select person from sign_offs where release_id = $1 and environment = $2 and withdrawn_at is null
  union
  select s.person
  from deploy_plan_sign_offs s join deploy_plans d on d.id = s.plan_id
  where d.promotion_id = $3 and d.withdrawn_at is null
  order by person
) as signers`;

/**
 * Holds off, until commit, that access of anybody is revoked who signed a release off for an environment, or the deploy plan of the promotion: what they said still counts when
 * what was judged by it commits. As `lockHolder` does, shared; after `lockDecisions`, which no revocation takes. Uses
 * sign_offs_release_idx and deploy_plans_current_key.
 */
export async function lockSigners(
  db: Db,
  {
    releaseId,
    environment,
    promotionId,
  }: { readonly releaseId: string; readonly environment: string; readonly promotionId: string },
): Promise<void> {
  await db.query(STATEMENT, [releaseId, environment, promotionId]);
}
