// attempts:execute: agents only, each its own sessions.
import { RenewSession } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { listCancelIntents } from '../../attempts/operations/list-cancel-intents.ts';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { renewSessionLease } from '../transactions/renew-session-lease.ts';

/** POST /api/agent/sessions/:sessionId/renew */
export function registerRenewSession(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RenewSession, {
    answer: async ({ identity, params: { sessionId } }) => {
      const { agentId } = requireAgent(identity);
      await renewSessionLease(context, { sessionId, agentId });
      return { leaseSeconds: context.leaseSeconds, cancel: await listCancelIntents(context.pool, sessionId) };
    },
  });
}
