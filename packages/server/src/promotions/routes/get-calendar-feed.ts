// releases:read: everybody may know when an environment is closed.
import { CALENDAR_MEDIA_TYPE, GetCalendarFeed } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readCalendarFeed } from '../read-calendar-feed.ts';

/** GET /api/environments/:environment/calendar.ics */
export function registerGetCalendarFeed(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetCalendarFeed, {
    raw: async ({ params, reply }) => {
      const feed = await readCalendarFeed(context.pool, context.holidays, params.environment);
      return reply.type(CALENDAR_MEDIA_TYPE).send(feed);
    },
  });
}
