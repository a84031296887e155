// attempts:execute: agents only; environment and agent follow from the credential, never from the body.
import { OpenSession } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { openSession } from '../transactions/open-session.ts';

/** Up to 10,000 leftovers of about 150 bytes each. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** POST /api/agent/sessions */
export function registerOpenSession(app: FastifyInstance, context: ServerContext): void {
  const { pool, leaseSeconds } = context;
  registerRoute(app, context, OpenSession, {
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: async ({ identity, body }) => {
      const { agentId, environment } = requireAgent(identity);
      const opened = await openSession(pool, { ...body, agentId, environment, leaseSeconds });
      return { ...opened, leaseSeconds };
    },
  });
}
