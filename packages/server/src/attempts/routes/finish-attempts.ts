// attempts:execute: agents only, each its own sessions.
import { FinishAttempts } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { finishAndClaim } from '../finish-and-claim.ts';

/** 1,000 attempts with a result of 4 KiB and a reason of 2,000 characters each. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** POST /api/agent/sessions/:sessionId/finish */
export function registerFinishAttempts(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, FinishAttempts, {
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: ({ identity, params: { sessionId }, body }) => {
      const { agentId, environment } = requireAgent(identity);
      return finishAndClaim(context, { sessionId, agentId, environment }, body);
    },
  });
}
