// releases:read, as the list of them.
import { GetPromotion } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { getPromotion } from '../get-promotion.ts';

/** GET /api/promotions/:promotionId */
export function registerGetPromotion(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetPromotion, {
    answer: ({ params: { promotionId } }) => getPromotion(context.pool, promotionId),
  });
}
