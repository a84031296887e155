// promotions:write: engineers and release managers; into which environments, the policy says.
import { OpenPromotion } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { openPromotion } from '../transactions/open-promotion.ts';

/** POST /api/promotions */
export function registerOpenPromotion(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, OpenPromotion, {
    answer: async ({ identity, body }) => {
      const by = requirePerson(identity);
      await context.evidence.gather(context.pool, { ...body, changeRecord: body.changeRecord ?? null });
      return openPromotion(context.pool, context.holidays, { ...body, by });
    },
  });
}
