// Options of `server` that say by which identity provider people sign in.
import { TowpathError } from '@towpath/core';
import type { OidcOptions } from '@towpath/server';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';

/** As they are given. */
export interface IdentityOptions {
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcScopes?: string;
  readonly oidcNameClaim?: string;
  readonly oidcGroupsClaim?: string;
  readonly publicUrl?: string;
}

/** Adds them. */
export function addIdentityOptions(command: Command): Command {
  return command
    .option(
      '--oidc-issuer <url>',
      'identity provider (OpenID Connect) by which people sign in; the secret of the client is TOWPATH_OIDC_CLIENT_SECRET',
    )
    .option('--oidc-client-id <id>', 'who this server is to the provider')
    .option('--oidc-scopes <scopes>', 'what is asked for besides openid (default: "profile email")')
    .option(
      '--oidc-name-claim <claim>',
      'claim that names people; one they can not change (default: preferred_username)',
    )
    .option('--oidc-groups-claim <claim>', 'claim that lists their groups (default: groups)')
    .option(
      '--public-url <url>',
      'address by which browsers call this server (default: the name they call, over http)',
    );
}

/**
 * The provider; undefined: there is none.
 *
 * @throws TowpathError `OIDC_CLIENT_MISSING`
 */
export function readOidcOptions({ env }: CommandContext, options: IdentityOptions): OidcOptions | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId } = options;
  if (issuer === undefined) return undefined;
  if (clientId === undefined) throw clientMissing();
  return {
    issuer,
    clientId,
    clientSecret: env.TOWPATH_OIDC_CLIENT_SECRET || undefined,
    scopes: options.oidcScopes,
    nameClaim: options.oidcNameClaim,
    groupsClaim: options.oidcGroupsClaim,
  };
}

function clientMissing(): TowpathError {
  return new TowpathError({
    code: 'OIDC_CLIENT_MISSING',
    message: '--oidc-issuer is given, but --oidc-client-id is not.',
    cause: 'An identity provider answers only to whom it knows.',
    fix: 'Register this server there, with the callback <public url>/api/login/callback, and give the id it got.',
  });
}
