// environments:read: every person may see what the environments have room for.
import { ListPools } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listPools } from '../operations/list-pools.ts';

/** GET /api/pools */
export function registerListPools(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListPools, {
    answer: async ({ query }) => ({ pools: await listPools(context.pool, query) }),
  });
}
