// releases:read: rules that bind people are known to them.
import { GetPolicy } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readPolicy } from '../read-policy.ts';

/** GET /api/policy */
export function registerGetPolicy(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetPolicy, {
    answer: () => readPolicy(context.pool),
  });
}
