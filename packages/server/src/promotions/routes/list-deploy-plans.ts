// releases:read: what would be changed is shown to all who read releases of the environment.
import { ListDeployPlans } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { getPromotion } from '../get-promotion.ts';
import { listDeployPlans } from '../operations/list-deploy-plans.ts';
import { readPlanHours } from '../read-plan-hours.ts';

/** GET /api/promotions/:promotionId/deploy-plans */
export function registerListDeployPlans(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListDeployPlans, {
    answer: async ({ params }) => {
      const { id, environment } = await getPromotion(context.pool, params.promotionId);
      return { plans: await listDeployPlans(context.pool, id, await readPlanHours(context.pool, environment)) };
    },
  });
}
