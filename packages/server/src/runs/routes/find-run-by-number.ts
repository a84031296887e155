// runs:read: every person may look at every run.
import { FindRunByNumber } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readRunDetail } from '../transactions/read-run-detail.ts';

/** GET /api/environments/:environment/runs/:number */
export function registerFindRunByNumber(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, FindRunByNumber, {
    answer: ({ params: { environment, number } }) => readRunDetail(context.pool, { environment, runNumber: number }),
  });
}
