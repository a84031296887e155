// environments:read: every person; it holds no secret.
import { GetConfiguration } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { environmentExists } from '../../access/operations/environment-exists.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { environmentUnknown } from '../../runs/run-errors.ts';
import { listConfigurations } from '../operations/list-configurations.ts';

/** GET /api/environments/:environment/configuration */
export function registerGetConfiguration(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetConfiguration, {
    answer: async ({ params: { environment } }) => {
      if (!(await environmentExists(context.pool, environment))) throw environmentUnknown(environment);
      return { configurations: await listConfigurations(context.pool, environment) };
    },
  });
}
