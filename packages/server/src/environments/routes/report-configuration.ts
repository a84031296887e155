// code:register: agents only; the environment follows from the credential.
import { ReportConfiguration } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { reportConfiguration } from '../transactions/report-configuration.ts';

/** 5,000 variables with their places and rules. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** PUT /api/agent/sessions/:sessionId/configuration */
export function registerReportConfiguration(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportConfiguration, {
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: async ({ identity, params: { sessionId }, body }) => {
      const { agentId } = requireAgent(identity);
      return { refusedSinks: await reportConfiguration(context.pool, { sessionId, agentId }, body) };
    },
  });
}
