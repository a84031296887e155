// signed-in: everybody may leave. An agent's credential is not ended by itself.
import { SignOut } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { FastifyInstance } from 'fastify';
import { findCredential } from '../../http/authenticate.ts';
import { registerRoute } from '../../http/register-route.ts';
import type { ServerContext } from '../../http/server-context.ts';
import { clearSessionCookie } from '../session-cookie.ts';
import { signOut } from '../transactions/sign-out.ts';

/** POST /api/session/end */
export function registerSignOut(app: FastifyInstance, context: ServerContext): void {
  registerRoute(app, context, SignOut, {
    answer: async ({ identity, request, reply }) => {
      const credential = findCredential(request, context.cookieName());
      if (identity?.kind !== 'person' || !credential) throw onlyPeople();
      await signOut(context.pool, identity.name, credential.secret);
      if (credential.kind === 'cookie') clearSessionCookie(reply, context);
      return { name: identity.name };
    },
  });
}

function onlyPeople(): TowpathError {
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message: 'Only a person signs out.',
    fix: 'An administrator ends the credential of an agent.',
  });
}
