// releases:read: who signed what is no secret.
import { ListSignOffs } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listSignOffs } from '../operations/list-sign-offs.ts';

/** GET /api/sign-offs */
export function registerListSignOffs(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListSignOffs, {
    answer: async ({ query }) => ({ signOffs: await listSignOffs(context.pool, query) }),
  });
}
