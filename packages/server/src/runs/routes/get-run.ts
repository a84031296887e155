// runs:read: every person may look at every run.
import { GetRun } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readRunDetail } from '../transactions/read-run-detail.ts';

/** GET /api/runs/:runId */
export function registerGetRun(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetRun, {
    answer: ({ params }) => readRunDetail(context.pool, params),
  });
}
