// code:register: agents only; the environment follows from the credential.
import { ListNamedDatakits } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { findSession } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listNamedDatakits } from '../operations/list-named-datakits.ts';

/** GET /api/agent/sessions/:sessionId/datakits */
export function registerListNamedDatakits(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListNamedDatakits, {
    answer: async ({ identity, params: { sessionId } }) => {
      const session = await findSession(context.pool, { sessionId, agentId: requireAgent(identity).agentId });
      if (!session) throw sessionUnknown();
      if (session.isEnded) throw sessionEnded();
      return { datakits: await listNamedDatakits(context.pool, session.environment) };
    },
  });
}
