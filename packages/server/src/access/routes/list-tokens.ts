// access:write: whose tokens there are is for those who end them.
import { ListTokens } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listAccessTokens } from '../operations/list-access-tokens.ts';

/** GET /api/tokens */
export function registerListTokens(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListTokens, {
    answer: async ({ query: { name } }) => ({ tokens: await listAccessTokens(context.pool, name) }),
  });
}
