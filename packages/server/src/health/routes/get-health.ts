// public: load balancers and `towpath doctor` ask before anybody signed in; it tells the version and nothing else.
import { GetHealth } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';

/** GET /health */
export function registerGetHealth(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetHealth, {
    answer: async () => {
      await context.pool.query('select 1');
      return { status: 'ok' as const, version: context.version };
    },
  });
}
