// releases:read: it only says what a rollback would do; who may ask for one is said by the policy.
import { PlanRollback } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readWayBack } from '../read-way-back.ts';

/** GET /api/environments/:environment/rollback */
export function registerPlanRollback(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, PlanRollback, {
    answer: ({ params, query: { fullRefresh, pipeline, ...way } }) =>
      readWayBack(context.pool, params.environment, {
        ...way,
        fullRefresh: fullRefresh && { models: fullRefresh, pipeline },
      }),
  });
}
