// attempts:execute: agents only, each its own sessions.
import { ReturnAttempts } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { returnAttempts } from '../transactions/return-attempts.ts';

/** POST /api/agent/sessions/:sessionId/return */
export function registerReturnAttempts(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReturnAttempts, {
    answer: async ({ identity, params: { sessionId }, body: { attempts } }) => {
      const { agentId } = requireAgent(identity);
      return { kept: await returnAttempts(context.pool, { sessionId, agentId, attempts }) };
    },
  });
}
