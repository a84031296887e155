// code:register: agents only; the environment follows from the credential.
import { ReportDatakits } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { reportDatakits } from '../transactions/report-datakits.ts';

/** 500 datakits with 50 versions each, of which few have more than their name. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** PUT /api/agent/sessions/:sessionId/datakits */
export function registerReportDatakits(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportDatakits, {
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: async ({ identity, params: { sessionId }, body }) => {
      await reportDatakits(
        context.pool,
        { sessionId, agentId: requireAgent(identity).agentId },
        {
          report: body,
          platformVersion: context.version,
        },
      );
      return {};
    },
  });
}
