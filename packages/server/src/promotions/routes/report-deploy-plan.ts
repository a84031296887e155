// attempts:execute: agents only, each its own sessions and environment.
import { ReportDeployPlan } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { keepDeployPlan } from '../transactions/keep-deploy-plan.ts';

/** PUT /api/agent/sessions/:sessionId/deploy-plan */
export function registerReportDeployPlan(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportDeployPlan, {
    answer: async ({ identity, params, body }) => {
      const { agentId, name: agentName, environment } = requireAgent(identity);
      await keepDeployPlan(context.pool, { ...params, ...body, agentId, agentName, environment });
      return {};
    },
  });
}
