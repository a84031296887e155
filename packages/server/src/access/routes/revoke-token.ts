// access:write: whoever gives rights takes them.
import { RevokeToken } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { revokeOneToken } from '../transactions/revoke-tokens.ts';

/** POST /api/tokens/:tokenId/revoke */
export function registerRevokeToken(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RevokeToken, {
    answer: ({ identity, params: { tokenId }, body: { reason } }) =>
      revokeOneToken(context.pool, tokenId, { kind: 'person', name: requirePerson(identity).name }, reason),
  });
}
