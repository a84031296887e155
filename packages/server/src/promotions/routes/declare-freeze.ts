// promotions:write, and the policy: who may promote into an environment may close it.
import { DeclareFreeze } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { declareFreeze } from '../transactions/declare-freeze.ts';

/** POST /api/freezes */
export function registerDeclareFreeze(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, DeclareFreeze, {
    answer: ({ identity, body }) => declareFreeze(context.pool, { ...body, by: requirePerson(identity) }),
  });
}
