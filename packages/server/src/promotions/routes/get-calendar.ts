// releases:read: everybody may know when an environment is open.
import { GetCalendar } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readCalendar } from '../read-calendar.ts';

/** GET /api/environments/:environment/calendar */
export function registerGetCalendar(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetCalendar, {
    answer: ({ params, query }) => readCalendar(context.pool, context.holidays, { ...params, ...query }),
  });
}
