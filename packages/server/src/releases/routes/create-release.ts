// releases:write: engineers, and CI jobs with a token of theirs.
import { CreateRelease } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { createRelease } from '../transactions/create-release.ts';

/** As of a registration: the largest graph alone may have several MiB. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** POST /api/releases */
export function registerCreateRelease(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, CreateRelease, {
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: async ({ identity, body }) => {
      const { name: createdBy, tokenId } = requirePerson(identity);
      return createRelease(context.pool, { ...body, createdBy, tokenId });
    },
  });
}
