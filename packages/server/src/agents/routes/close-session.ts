// attempts:execute: agents only, each its own sessions.
import { CloseSession } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { closeSession } from '../transactions/close-session.ts';

/** DELETE /api/agent/sessions/:sessionId */
export function registerCloseSession(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, CloseSession, {
    answer: async ({ identity, params: { sessionId } }) => {
      const { agentId } = requireAgent(identity);
      return { ended: await closeSession(context.pool, { sessionId, agentId }) };
    },
  });
}
