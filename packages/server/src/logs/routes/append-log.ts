// attempts:execute: agents only; the statement finds attempts of this agent alone.
import { AppendLog, MAX_LOG_CHUNK_BYTES } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { appendLog } from '../transactions/append-log.ts';

/** PUT /api/agent/attempts/:attemptId/log */
export function registerAppendLog(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, AppendLog, {
    bodyLimitBytes: MAX_LOG_CHUNK_BYTES,
    takesBytes: true,
    answer: async ({ identity, params, query, bytes }) => {
      const { agentId } = requireAgent(identity);
      return { length: await appendLog(context.pool, { ...params, ...query, agentId, bytes }) };
    },
  });
}
