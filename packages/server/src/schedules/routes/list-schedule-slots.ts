// schedules:read: everybody who is a person.
import { ListScheduleSlots } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { getSchedule } from '../get-schedule.ts';
import { listScheduleSlots } from '../operations/list-schedule-slots.ts';
import { formatSlotCursor, parseSlotCursor } from '../slot-cursor.ts';

/** GET /api/schedules/:scheduleId/slots */
export function registerListScheduleSlots(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ListScheduleSlots, {
    answer: async ({ params: { scheduleId }, query: { after, limit } }) => {
      const before = after === undefined ? undefined : parseSlotCursor(after);
      await getSchedule(context.pool, scheduleId);
      const slots = await listScheduleSlots(context.pool, { scheduleId, before, limit });
      const last = slots.length === limit ? slots.at(-1) : undefined;
      return { slots, next: last ? formatSlotCursor(last.slotAt) : null };
    },
  });
}
