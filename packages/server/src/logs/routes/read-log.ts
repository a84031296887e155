// logs:read: every person may read every log; agents redact before they ship.
import { LOG_COMPLETE_HEADER, LOG_LENGTH_HEADER, ReadLog } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { waitForLog } from '../wait-for-log.ts';

/** GET /api/attempts/:attemptId/log */
export function registerReadLog(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReadLog, {
    raw: async ({ params, query, signal, reply }) => {
      const page = await waitForLog(context, { ...params, ...query, signal });
      return reply
        .header(LOG_LENGTH_HEADER, String(page.lengthBytes))
        .header(LOG_COMPLETE_HEADER, String(page.isComplete))
        .type('text/plain; charset=utf-8')
        .send(page.bytes);
    },
  });
}
