// releases:read: promotions and what they were judged by are known to everybody; nothing is applied.
import { ReplayPolicy } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readReplay } from '../read-replay.ts';

/** POST /api/policy/replay */
export function registerReplayPolicy(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, ReplayPolicy, {
    answer: ({ body }) => readReplay(context.pool, context.holidays, body),
  });
}
