// runs:start: it is a run like any other, with the schedule's parameters.
import { RunScheduleNow } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { getRun, toSummary } from '../../runs/get-run.ts';
import { runScheduleNow } from '../transactions/run-schedule-now.ts';

/** POST /api/schedules/:scheduleId/run */
export function registerRunScheduleNow(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RunScheduleNow, {
    answer: async ({ identity, params, body }) => {
      const { name } = requirePerson(identity);
      const runId = await runScheduleNow(context.pool, { ...params, ...body, createdBy: name });
      return toSummary(await getRun(context.pool, { runId }));
    },
  });
}
