// public: whoever is not signed in must find the way.
import { GetLoginOptions } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';

/** GET /api/login/options */
export function registerGetLoginOptions(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetLoginOptions, {
    answer: async () => ({ provider: context.oidc?.provider ?? null }),
  });
}
