// schedules:write: engineers; it decides whether a pipeline runs by itself.
import { PauseSchedule } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { pauseSchedule } from '../transactions/pause-schedule.ts';

/** POST /api/schedules/:scheduleId/pause */
export function registerPauseSchedule(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, PauseSchedule, {
    answer: ({ identity, params, body }) =>
      pauseSchedule(context.pool, { ...params, ...body, by: requirePerson(identity).name }),
  });
}
