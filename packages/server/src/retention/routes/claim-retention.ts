// attempts:execute: agents only, each for its own environment.
import { ClaimRetention } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { claimRetention } from '../transactions/claim-retention.ts';

/** POST /api/agent/sessions/:sessionId/retention/claim */
export function registerClaimRetention(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ClaimRetention, {
    answer: async ({ identity, params: { sessionId }, body: { dueAt } }) => ({
      isTaken: await claimRetention(context.pool, requireAgent(identity), { sessionId, dueAt }),
    }),
  });
}
