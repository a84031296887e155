// access:write: administrators of all environments.
import { ApplyAccess } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { applyAccess } from '../transactions/apply-access.ts';

/** PUT /api/access */
export function registerApplyAccess(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ApplyAccess, {
    answer: ({ identity, body }) => {
      const giver = requirePerson(identity);
      return applyAccess(context.pool, { ...body, by: giver.name }, giver);
    },
  });
}
