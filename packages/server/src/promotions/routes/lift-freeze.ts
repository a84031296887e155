// promotions:write, and the policy, as to declare one.
import { LiftFreeze } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { endFreeze } from '../transactions/end-freeze.ts';

/** POST /api/freezes/:freezeId/lift */
export function registerLiftFreeze(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, LiftFreeze, {
    answer: ({ identity, params, body }) =>
      endFreeze(context.pool, { ...params, ...body, by: requirePerson(identity) }),
  });
}
