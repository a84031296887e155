// attempts:execute: agents only. Which environment it is about follows from the credential.
import { ReportAgentAudit } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { reportAgentAudit } from '../transactions/report-agent-audit.ts';

/** POST /api/agent/audit-entries */
export function registerReportAgentAudit(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReportAgentAudit, {
    answer: async ({ identity, body: { entries } }) => {
      await reportAgentAudit(context.pool, requireAgent(identity), entries);
      return { accepted: entries.length };
    },
  });
}
