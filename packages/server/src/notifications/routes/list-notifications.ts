// notifications:read: every person, of their environments.
import { ListNotifications } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { formatPageCursor, parsePageCursor } from '../../runs/page-cursor.ts';
import { listNotifications } from '../operations/list-notifications.ts';

/** GET /api/notifications */
export function registerListNotifications(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListNotifications, {
    answer: async ({ query: { after, limit, ...filter }, readable }) => {
      const beforeId = after === undefined ? undefined : parsePageCursor(after);
      const found = await listNotifications(context.pool, { ...filter, readable, beforeId, limit: limit + 1 });
      const notifications = found.slice(0, limit);
      const last = notifications.at(-1);
      return { notifications, next: found.length > limit && last ? formatPageCursor(last.id) : null };
    },
  });
}
