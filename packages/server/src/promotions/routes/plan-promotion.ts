// releases:read: everybody may ask what would happen.
import { PlanPromotion } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readPlan } from '../read-plan.ts';

/** POST /api/promotions/plan */
export function registerPlanPromotion(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, PlanPromotion, {
    answer: async ({ identity, body }) => {
      const { name: by } = requirePerson(identity);
      await context.evidence.gather(context.pool, { ...body, changeRecord: body.changeRecord ?? null });
      return readPlan(context.pool, context.holidays, { ...body, by });
    },
  });
}
