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
      'identity provider (OpenID Connect) by which people sign in (default: TOWPATH_OIDC_ISSUER); the secret of the client is TOWPATH_OIDC_CLIENT_SECRET',
    )
    .option('--oidc-client-id <id>', 'who this server is to the provider (default: TOWPATH_OIDC_CLIENT_ID)')
    .option(
      '--oidc-scopes <scopes>',
      'what is asked for besides openid (default: TOWPATH_OIDC_SCOPES, then "profile email")',
    )
    .option(
      '--oidc-name-claim <claim>',
      'claim that names people; one they can not change (default: TOWPATH_OIDC_NAME_CLAIM, then preferred_username)',
    )
    .option(
      '--oidc-groups-claim <claim>',
      'claim that lists their groups (default: TOWPATH_OIDC_GROUPS_CLAIM, then groups)',
    )
    .option(
      '--public-url <url>',
      'address by which browsers call this server (default: TOWPATH_PUBLIC_URL, then the name they call, over http)',
    );
}

/**
 * The provider; undefined: there is none.
 *
 * @throws TowpathError `OIDC_CLIENT_MISSING`
 */
export function readOidcOptions({ env }: CommandContext, options: IdentityOptions): OidcOptions | undefined {
  const issuer = options.oidcIssuer ?? given(env.TOWPATH_OIDC_ISSUER);
  const clientId = options.oidcClientId ?? given(env.TOWPATH_OIDC_CLIENT_ID);
  if (issuer === undefined) return undefined;
  if (clientId === undefined) throw clientMissing();
  return {
    issuer,
    clientId,
    clientSecret: given(env.TOWPATH_OIDC_CLIENT_SECRET),
    scopes: options.oidcScopes ?? given(env.TOWPATH_OIDC_SCOPES),
    nameClaim: options.oidcNameClaim ?? given(env.TOWPATH_OIDC_NAME_CLAIM),
    groupsClaim: options.oidcGroupsClaim ?? given(env.TOWPATH_OIDC_GROUPS_CLAIM),
  };
}

/** The address by which browsers call this server, as it is given; undefined: it is not. */
export function readPublicUrl({ env }: CommandContext, { publicUrl }: IdentityOptions): string | undefined {
  return publicUrl ?? given(env.TOWPATH_PUBLIC_URL);
}

/** A variable that is set to nothing is not given: manifests name all of them. */
function given(value: string | undefined): string | undefined {
  return value || undefined;
}

function clientMissing(): TowpathError {
  return new TowpathError({
    code: 'OIDC_CLIENT_MISSING',
    message: '--oidc-issuer (or TOWPATH_OIDC_ISSUER) is given, but --oidc-client-id (TOWPATH_OIDC_CLIENT_ID) is not.',
    cause: 'An identity provider answers only to whom it knows.',
    fix: 'Register this server there, with the callback <public url>/api/login/callback, and give the id it got.',
  });
}
