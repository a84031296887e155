// metrics:read: names of environments and pipelines, and how busy they are, are nobody's who did not sign in.
import { GetMetrics } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';

/** GET /metrics */
export function registerGetMetrics(app: FastifyInstance, context: ServerContext): void {
  const { metrics } = context;
  registerRoute(app, context, GetMetrics, {
    raw: async ({ reply }) => reply.header('content-type', metrics.contentType).send(await metrics.read()),
  });
}
