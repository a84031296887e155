// policies:write: administrators, who bring no release themselves into production by the shipped policy.
import { ApplyPolicy } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { applyPolicy } from '../transactions/apply-policy.ts';

/** PUT /api/policy */
export function registerApplyPolicy(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ApplyPolicy, {
    answer: ({ identity, body }) =>
      applyPolicy(context.pool, context.holidays, { ...body, by: requirePerson(identity).name }),
  });
}
