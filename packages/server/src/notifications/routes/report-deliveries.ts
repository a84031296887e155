// notifications:deliver: agents only. What was delivered is true whichever session says it, so the session is not asked for.
import { ReportDeliveries } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { reportDeliveries } from '../transactions/report-deliveries.ts';

/** POST /api/agent/deliveries/report */
export function registerReportDeliveries(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportDeliveries, {
    answer: async ({ identity, body }) => {
      await reportDeliveries(context.pool, requireAgent(identity).environment, body.deliveries);
      return {};
    },
  });
}
