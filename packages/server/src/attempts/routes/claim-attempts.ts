// attempts:execute: agents only, each its own sessions.
import { ClaimAttempts } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { waitForClaim } from '../wait-for-claim.ts';

/** POST /api/agent/sessions/:sessionId/claim */
export function registerClaimAttempts(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ClaimAttempts, {
    answer: async ({ identity, params: { sessionId }, body, signal }) => {
      const { agentId, environment } = requireAgent(identity);
      const { attempts, cancel } = await waitForClaim(context, { ...body, sessionId, agentId, environment, signal });
      return { attempts, cancel };
    },
  });
}
