import type { DeployPlanView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { DEPLOY_PLAN_COLUMNS, type DeployPlanRow, toDeployPlanView } from '../deploy-plan-row.ts';

const STATEMENT = `
select ${DEPLOY_PLAN_COLUMNS}
from deploy_plans d join agents a on a.id = d.agent_id
where d.promotion_id = $1
order by d.id desc
limit 20`;

/** The last plans that were made for a promotion, newest first, by a rule of so many hours. Uses deploy_plans_promotion_idx; locks nothing. */
export async function listDeployPlans(db: Db, promotionId: string, hours: number | null): Promise<DeployPlanView[]> {
  const { rows } = await db.query<DeployPlanRow>(STATEMENT, [promotionId, hours]);
  return rows.map(toDeployPlanView);
}
