// environments:write: administrators; what an environment is decides who may touch what.
import { ApplyEnvironments } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { applyEnvironments } from '../transactions/apply-environments.ts';

/** PUT /api/environments */
export function registerApplyEnvironments(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ApplyEnvironments, {
    answer: async ({ identity, body }) => ({
      changes: await applyEnvironments(context.pool, { ...body, by: requirePerson(identity).name }),
    }),
  });
}
