// pools:write: engineers; it changes how much of an environment its pipelines may use.
import { SetPool } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { setPool } from '../transactions/set-pool.ts';

/** PUT /api/environments/:environment/pools/:name */
export function registerSetPool(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, SetPool, {
    answer: ({ identity, params, body }) =>
      setPool(context.pool, { ...params, slots: body.slots, by: requirePerson(identity).name }),
  });
}
