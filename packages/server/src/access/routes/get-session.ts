// signed-in: everybody may know who they are.
import { GetSession } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireIdentity } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';

/** GET /api/session */
export function registerGetSession(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetSession, {
    answer: async (call) => {
      const identity = requireIdentity(call.identity);
      const csrf = identity.kind === 'person' ? identity.csrf : null;
      const own = identity.kind === 'agent' ? { environment: identity.environment } : {};
      return { name: identity.name, role: identity.role, csrf, version: context.version, ...own };
    },
  });
}
