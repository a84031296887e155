// signed-in: everybody may ask what they may do.
import { CheckAccess } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireIdentity } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { explainAccess } from '../explain-access.ts';

/** GET /api/access/check */
export function registerCheckAccess(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, CheckAccess, {
    answer: ({ identity, query }) => explainAccess(context.pool, requireIdentity(identity), query),
  });
}
