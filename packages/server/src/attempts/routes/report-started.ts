// attempts:execute: agents only, each its own sessions.
import { ReportStarted } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { reportStarted } from '../transactions/report-started.ts';

/** POST /api/agent/sessions/:sessionId/started */
export function registerReportStarted(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportStarted, {
    answer: async ({ identity, params: { sessionId }, body: { attempts } }) => {
      const { agentId } = requireAgent(identity);
      return { stale: await reportStarted(context.pool, { sessionId, agentId, attempts }) };
    },
  });
}
