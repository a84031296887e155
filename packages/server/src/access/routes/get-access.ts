// access:read: everybody sees who may do what; nothing in it is secret.
import { GetAccess } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { findAccess } from '../operations/find-access.ts';
import { toAccessView } from '../to-access-view.ts';

/** GET /api/access */
export function registerGetAccess(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetAccess, { answer: async () => toAccessView(await findAccess(context.pool)) });
}
