// releases:read, as the releases themselves: variables of tasks are named without what they are set to.
import { CompareReleases, MAX_DIFFERENCES } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { listDifferences } from '../list-differences.ts';
import { findRelease } from '../operations/find-release.ts';
import { releaseUnknown } from '../release-errors.ts';

/** GET /api/releases/:releaseId/differences */
export function registerCompareReleases(app: FastifyInstance, context: ServerContext): void {
  const get = async (releaseId: string) => {
    const release = await findRelease(context.pool, releaseId);
    if (!release) throw releaseUnknown(releaseId);
    return release;
  };
  registerRoute(app, context, CompareReleases, {
    answer: async ({ params: { releaseId }, query: { from } }) => {
      const [before, after] = [await get(from), await get(releaseId)];
      const all = await listDifferences(context.pool, before.bill, after.bill);
      return { differences: all.slice(0, MAX_DIFFERENCES), leftOut: Math.max(0, all.length - MAX_DIFFERENCES) };
    },
  });
}
