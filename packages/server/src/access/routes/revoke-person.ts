// access:write: whoever gives rights takes them.
import { RevokePerson } from '@towpath/api';
import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../../http/identity.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { revokeAccessTokens } from '../transactions/revoke-tokens.ts';

/** POST /api/people/:name/revoke */
export function registerRevokePerson(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, RevokePerson, {
    answer: ({ identity, params: { name }, body: { reason: why, freesName } }) => {
      const actor = { kind: 'person', name: requirePerson(identity).name } as const;
      return revokeAccessTokens(context.pool, { name, why, freesName }, actor);
    },
  });
}
