// releases:read: every person may see what became of releases in their environments.
import { ListPromotions } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listPromotions } from '../operations/list-promotions.ts';

/** GET /api/promotions */
export function registerListPromotions(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListPromotions, {
    answer: async ({ query, readable }) => ({ promotions: await listPromotions(context.pool, { ...query, readable }) }),
  });
}
