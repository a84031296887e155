// environments:read: every person may see where the project runs.
import { ListEnvironments } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listEnvironments } from '../operations/list-environments.ts';

/** GET /api/environments */
export function registerListEnvironments(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListEnvironments, {
    answer: async () => ({ environments: await listEnvironments(context.pool) }),
  });
}
