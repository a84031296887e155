// releases:read: every person may see what there is to promote.
import { ListReleases } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listReleases } from '../operations/list-releases.ts';

/** GET /api/releases */
export function registerListReleases(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListReleases, {
    answer: async ({ query }) => ({ releases: await listReleases(context.pool, query) }),
  });
}
