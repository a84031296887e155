// releases:read: everybody may ask what would happen. Outside services are asked for who may promote somewhere: a question leaves
// the server with its credential, about whatever change record the caller names.
import { PlanPromotion } from '@towpath/api';
import { roleHas } from '@towpath/core';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readPlan } from '../read-plan.ts';

/** POST /api/promotions/plan */
export function registerPlanPromotion(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, PlanPromotion, {
    answer: async ({ identity, body }) => {
      const by = requirePerson(identity);
      if (roleHas(by.role, 'promotions:write'))
        await context.evidence.gather(context.pool, { ...body, changeRecord: body.changeRecord ?? null });
      return readPlan(context.pool, context.holidays, { ...body, by });
    },
  });
}
