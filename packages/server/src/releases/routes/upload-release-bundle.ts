// releases:write: who may record a release may bring its code.
import { MAX_BUNDLE_BYTES, UploadReleaseBundle } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { storeBundle } from '../../code/store-bundle.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';

/** PUT /api/releases/bundles/:hash */
export function registerUploadReleaseBundle(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, UploadReleaseBundle, {
    bodyLimitBytes: MAX_BUNDLE_BYTES,
    takesBytes: true,
    answer: ({ params: { hash }, bytes }) => storeBundle(context.pool, hash, bytes),
  });
}
