// runs:cancel: engineers; a viewer only looks.
import { CancelRun } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { toSummary } from '../get-run.ts';
import { cancelRun } from '../transactions/cancel-run.ts';

/** POST /api/runs/:runId/cancel */
export function registerCancelRun(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, CancelRun, {
    answer: async ({ identity, params: { runId }, body: { reason } }) => {
      const { name } = requirePerson(identity);
      return toSummary(await cancelRun(context.pool, { runId, requestedBy: name, reason }));
    },
  });
}
