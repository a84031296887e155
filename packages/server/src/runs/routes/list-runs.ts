// runs:read: every person may look at the runs of their environments.
import { ListRuns } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listRuns } from '../operations/list-runs.ts';
import { formatPageCursor, parsePageCursor } from '../page-cursor.ts';

/** GET /api/runs */
export function registerListRuns(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListRuns, {
    answer: async ({ query: { after, limit, ...filter }, readable }) => {
      const beforeId = after === undefined ? undefined : parsePageCursor(after);
      // One more than asked for tells whether there is a next page.
      const runs = await listRuns(context.pool, { ...filter, readable, beforeId, limit: limit + 1 });
      const page = runs.slice(0, limit);
      const last = page.at(-1);
      return { runs: page, next: runs.length > limit && last ? formatPageCursor(last.id) : null };
    },
  });
}
