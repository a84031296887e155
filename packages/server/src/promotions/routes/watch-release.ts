// attempts:execute: agents only, each for its own environment.
import { WatchRelease } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAgent } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { waitForRelease } from '../wait-for-release.ts';

/** POST /api/agent/sessions/:sessionId/release/watch */
export function registerWatchRelease(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, WatchRelease, {
    answer: ({ identity, params, body, signal }) => {
      const { agentId, environment } = requireAgent(identity);
      return waitForRelease(context, { ...params, ...body, agentId, environment, signal });
    },
  });
}
