// bundles:fetch: an attempt that lives, and the bundle of its own run alone.
import { FetchBundle } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requireAttempt } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { bundleUnknown } from '../bundle-unknown.ts';
import { findBundle } from '../operations/find-bundle.ts';
import { shareBundles } from '../shared-bundles.ts';

/** GET /api/attempt/bundles/:hash */
export function registerFetchBundle(app: FastifyInstance, context: ServerContext): void {
  const readBundle = shareBundles((hash) => findBundle(context.pool, hash));
  registerRoute(app, context, FetchBundle, {
    raw: async ({ identity, params: { hash }, reply }) => {
      const isOwn = requireAttempt(identity).bundleHash === hash;
      const bytes = isOwn ? await readBundle(hash) : undefined;
      if (bytes === undefined) throw bundleUnknown(hash);
      return reply.type('application/octet-stream').send(bytes);
    },
  });
}
