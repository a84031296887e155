// signed-in: everybody may know who they are.
import { GetSession } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireIdentity } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { toSessionView } from '../to-session-view.ts';

/** GET /api/session */
export function registerGetSession(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetSession, {
    answer: async ({ identity }) => toSessionView(requireIdentity(identity), context.version),
  });
}
