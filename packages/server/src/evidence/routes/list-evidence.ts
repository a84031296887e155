// releases:read: what gates were judged by is no secret; credentials are not in it.
import { ListEvidence } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listEvidenceViews } from '../list-evidence-views.ts';

/** GET /api/evidence */
export function registerListEvidence(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListEvidence, {
    answer: async ({ query }) => ({ evidence: await listEvidenceViews(context.pool, query) }),
  });
}
