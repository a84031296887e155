// code:register: who may say what the code of an environment is may bring it.
import { MAX_BUNDLE_BYTES, UploadBundle } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { storeBundle } from '../store-bundle.ts';

/** PUT /api/agent/bundles/:hash */
export function registerUploadBundle(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, UploadBundle, {
    bodyLimitBytes: MAX_BUNDLE_BYTES,
    takesBytes: true,
    answer: ({ params: { hash }, bytes }) => storeBundle(context.pool, hash, bytes),
  });
}
