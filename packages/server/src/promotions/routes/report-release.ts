// attempts:execute: agents only, each its own sessions.
import { ReportRelease } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { reportRelease } from '../transactions/report-release.ts';

/** PUT /api/agent/sessions/:sessionId/release */
export function registerReportRelease(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportRelease, {
    answer: async ({ identity, params, body }) => {
      await reportRelease(context.pool, { ...params, ...body, agentId: requireAgent(identity).agentId });
      return {};
    },
  });
}
