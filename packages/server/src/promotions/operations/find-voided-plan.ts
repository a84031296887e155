import type { Db } from '../../db/database.ts';

/** A plan that people had approved when another one took its place. */
export interface VoidedPlan {
  readonly sha256: string;
  readonly people: readonly string[];
}

const STATEMENT = `
select d.sha256, array_agg(s.person order by s.person) as people
from deploy_plans d join deploy_plan_sign_offs s on s.plan_id = d.id and s.decision = 'approved'
where d.promotion_id = $1 and d.withdrawn_at is not null
group by d.id
order by d.id desc
limit 1`;

/** The last one of a promotion. Uses deploy_plans_promotion_idx and deploy_plan_sign_offs_pkey; locks nothing. Undefined: none. */
export async function findVoidedPlan(db: Db, promotionId: string): Promise<VoidedPlan | undefined> {
  return (await db.query<VoidedPlan>(STATEMENT, [promotionId])).rows[0];
}
