// code:register: who may say what the code of an environment is may bring it.
import { createHash } from 'node:crypto';
import { MAX_BUNDLE_BYTES, UploadBundle } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { FastifyInstance } from 'fastify';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { insertBundle } from '../operations/insert-bundle.ts';

/** PUT /api/agent/bundles/:hash */
export function registerUploadBundle(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, UploadBundle, {
    bodyLimitBytes: MAX_BUNDLE_BYTES,
    takesBytes: true,
    answer: async ({ params: { hash }, bytes }) => {
      const actual = createHash('sha256').update(bytes).digest('hex');
      if (actual !== hash) throw hashWrong(hash, actual);
      await insertBundle(context.pool, { hash, bytes });
      return { sizeBytes: bytes.length };
    },
  });
}

function hashWrong(hash: string, actual: string): TowpathError {
  return new TowpathError({
    code: 'BUNDLE_HASH_WRONG',
    message: 'The bundle is not the one that was announced.',
    cause: `Its SHA-256 is ${actual}, not ${hash}.`,
    fix: 'Send it again; when this repeats, something between agent and server changes bodies.',
  });
}
