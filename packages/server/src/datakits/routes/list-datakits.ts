// environments:read: every person may see which version is where, among their environments.
import { ListDatakits } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { formatNameCursor, parseNameCursor } from '../name-cursor.ts';
import { listDatakitNames } from '../operations/list-datakit-names.ts';
import { listInventory } from '../operations/list-inventory.ts';
import { toDatakitViews } from '../to-datakit-views.ts';

/** GET /api/datakits */
export function registerListDatakits(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListDatakits, {
    answer: async ({ query: { name, after, limit }, readable }) => {
      const afterName = after === undefined ? undefined : parseNameCursor(after);
      // One more than asked for tells whether there is a next page.
      const found = await listDatakitNames(context.pool, { name, afterName, readable, limit: limit + 1 });
      const names = found.slice(0, limit);
      const last = names.at(-1);
      // Versions are compared among these rows: what may not be told is not among them.
      const rows = await listInventory(context.pool, names, readable);
      return {
        datakits: toDatakitViews(rows, context.version),
        next: found.length > limit && last !== undefined ? formatNameCursor(last) : null,
      };
    },
  });
}
