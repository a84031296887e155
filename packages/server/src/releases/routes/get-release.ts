// releases:read, as the list of them.
import { GetRelease } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { findRelease } from '../operations/find-release.ts';
import { releaseUnknown } from '../release-errors.ts';

/** GET /api/releases/:releaseId */
export function registerGetRelease(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, GetRelease, {
    answer: async ({ params: { releaseId } }) => {
      const release = await findRelease(context.pool, releaseId);
      if (!release) throw releaseUnknown(releaseId);
      return release;
    },
  });
}
