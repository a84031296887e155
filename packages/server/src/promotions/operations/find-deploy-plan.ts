import type { DeployPlanView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { DEPLOY_PLAN_COLUMNS, type DeployPlanRow, toDeployPlanView } from '../deploy-plan-row.ts';

/** The plan that counts, and whose file it is. */
export interface FoundDeployPlan {
  readonly agentId: string;
  readonly plan: DeployPlanView;
}

const STATEMENT = `
select ${DEPLOY_PLAN_COLUMNS}
from deploy_plans d join agents a on a.id = d.agent_id
where d.promotion_id = $1 and d.withdrawn_at is null`;

/** The plan that counts for a promotion, expired or not, by a rule of so many hours. Uses deploy_plans_current_key; locks nothing. Undefined: there is none. */
export async function findDeployPlan(
  db: Db,
  promotionId: string,
  hours: number | null,
): Promise<FoundDeployPlan | undefined> {
  const { rows } = await db.query<DeployPlanRow>(STATEMENT, [promotionId, hours]);
  return rows[0] && { agentId: rows[0].agent_id, plan: toDeployPlanView(rows[0]) };
}
