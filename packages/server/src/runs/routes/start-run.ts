// runs:start: engineers; a viewer only looks.
import { StartRun } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { toSummary } from '../get-run.ts';

/** POST /api/runs */
export function registerStartRun(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, StartRun, {
    answer: async ({ identity, body }) => {
      const { name } = requirePerson(identity);
      return toSummary(await context.startRun({ ...body, trigger: 'manual', createdBy: name }));
    },
  });
}
