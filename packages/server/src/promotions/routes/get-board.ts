// releases:read: everybody sees what runs where.
import { GetBoard } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { readBoard } from '../read-board.ts';

/** GET /api/board */
export function registerGetBoard(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetBoard, {
    answer: () => readBoard(context.pool),
  });
}
