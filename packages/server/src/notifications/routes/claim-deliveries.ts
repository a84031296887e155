// notifications:deliver: agents only, each for its own environment.
import { ClaimDeliveries } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { waitForDeliveries } from '../wait-for-deliveries.ts';

/** POST /api/agent/sessions/:sessionId/deliveries/claim */
export function registerClaimDeliveries(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ClaimDeliveries, {
    answer: async ({ identity, params: { sessionId }, body, signal }) => {
      const { agentId, environment } = requireAgent(identity);
      return { deliveries: await waitForDeliveries(context, { ...body, sessionId, agentId, environment, signal }) };
    },
  });
}
