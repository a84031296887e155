// promotions:write, and the policy: who may begin one may try it again.
import { RetryPromotion } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { retryPromotion } from '../transactions/retry-promotion.ts';

/** POST /api/promotions/:promotionId/retry */
export function registerRetryPromotion(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RetryPromotion, {
    answer: ({ identity, params }) =>
      retryPromotion(context.pool, context.holidays, { ...params, by: requirePerson(identity) }),
  });
}
