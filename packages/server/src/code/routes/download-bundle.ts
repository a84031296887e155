// attempts:execute: whoever runs attempts needs their code. Naming a bundle needs its SHA-256, which only a grant tells.
import { DownloadBundle } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { bundleUnknown } from '../bundle-unknown.ts';
import { findBundle } from '../operations/find-bundle.ts';

/** GET /api/agent/bundles/:hash */
export function registerDownloadBundle(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, DownloadBundle, {
    raw: async ({ params: { hash }, reply }) => {
      const bytes = await findBundle(context.pool, hash);
      if (bytes === undefined) throw bundleUnknown(hash);
      return reply.type('application/octet-stream').send(bytes);
    },
  });
}
