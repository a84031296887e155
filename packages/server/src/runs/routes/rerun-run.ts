// runs:start: engineers; a viewer only looks.
import { RerunRun } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { toSummary } from '../get-run.ts';
import { rerunRun } from '../transactions/rerun-run.ts';

/** POST /api/runs/:runId/rerun */
export function registerRerunRun(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RerunRun, {
    answer: async ({ identity, params, body }) => {
      const { name } = requirePerson(identity);
      return toSummary(await rerunRun(context.pool, { ...body, runId: params.runId, createdBy: name }));
    },
  });
}
