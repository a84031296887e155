// schedules:write: engineers; it decides whether a pipeline runs by itself.
import { ResumeSchedule } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { resumeSchedule } from '../transactions/resume-schedule.ts';

/** POST /api/schedules/:scheduleId/resume */
export function registerResumeSchedule(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ResumeSchedule, {
    answer: ({ identity, params }) => resumeSchedule(context.pool, { ...params, by: requirePerson(identity).name }),
  });
}
