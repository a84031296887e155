// promotions:write, and the policy: who may promote into an environment may bring it back.
import { RollBack } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { rollBack } from '../transactions/roll-back.ts';

/** POST /api/environments/:environment/rollback */
export function registerRollBack(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RollBack, {
    answer: ({ identity, params, body }) =>
      rollBack(context.pool, context.holidays, { ...params, ...body, by: requirePerson(identity) }),
  });
}
