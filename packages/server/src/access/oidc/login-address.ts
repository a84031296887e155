// Addresses of a sign-in: where the provider sends browsers back to, and where they go from there.
import { FinishLogin } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../../http/server-context.ts';
import type { LoginGoal } from '../operations/insert-login.ts';
import type { OidcClient } from './oidc-client.ts';

/** The address the provider sends browsers back to; the Host check has passed before. */
export function callbackAddress({ publicUrl }: Pick<ServerContext, 'publicUrl'>, { host }: FastifyRequest): string {
  return `${publicUrl ?? `http://${host}`}${FinishLogin.path}`;
}

/**
 * The client of the identity provider.
 *
 * @throws TowpathError `LOGIN_NOT_OFFERED`
 */
export function requireOidc({ oidc }: Pick<ServerContext, 'oidc'>): OidcClient {
  if (oidc) return oidc;
  throw new TowpathError({
    code: 'LOGIN_NOT_OFFERED',
    message: 'One does not sign in here by an identity provider.',
    cause: 'This server was started without one.',
    fix: `Open the console by a link (\`${TOWPATH} console\`), or start the server with --oidc-issuer.`,
  });
}

/** What a sign-in ends with. */
export type LoginEnd = { readonly code: string } | { readonly problem: string };

/** Where a browser goes in the end. A problem is told by its code alone: nobody can write words into our pages by a link. */
export function destination(goal: LoginGoal, end: LoginEnd | undefined): string {
  const query = end === undefined ? '' : `?${new URLSearchParams({ ...end }).toString()}`;
  if ('port' in goal) return `http://127.0.0.1:${goal.port}/${query}`;
  return end === undefined ? goal.returnTo : `/login${query}`;
}
