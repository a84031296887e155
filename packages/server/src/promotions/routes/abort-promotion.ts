// promotions:write, and the policy: who may begin one may end it.
import { AbortPromotion } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { abortPromotion } from '../transactions/abort-promotion.ts';

/** POST /api/promotions/:promotionId/abort */
export function registerAbortPromotion(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, AbortPromotion, {
    answer: ({ identity, params, body }) =>
      abortPromotion(context.pool, { ...params, ...body, by: requirePerson(identity) }),
  });
}
