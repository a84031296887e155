// schedules:read: everybody who is a person.
import { ListSchedules } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { withSnapshot } from '../../db/database.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listScheduleViews } from '../list-schedule-views.ts';

/** GET /api/schedules */
export function registerListSchedules(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListSchedules, {
    answer: async ({ query }) => ({
      schedules: await withSnapshot(context.pool, (tx) => listScheduleViews(tx, query)),
    }),
  });
}
