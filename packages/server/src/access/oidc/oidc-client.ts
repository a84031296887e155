// Sign-in by OpenID Connect: authorization code with PKCE, state and nonce (RFC 9700). By openid-client, which checks issuer,
// audience, nonce, times and, since non-repudiation is switched on, the signature of the ID token by the provider's keys.
import { TowpathError } from '@towpath/core';
import * as openid from 'openid-client';

/** An identity provider, and who this server is to it. */
export interface OidcOptions {
  /** `https://login.example.com/tenant`; http only on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret?: string | undefined;
  /** Besides `openid`; default `profile email`. */
  readonly scopes?: string | undefined;
  /** Claim that names people in bindings and in the audit; one they can't change. Default `preferred_username`. */
  readonly nameClaim?: string | undefined;
  /** Claim that lists their groups. Default `groups`. */
  readonly groupsClaim?: string | undefined;
}

/** What a sign-in must be answered with. */
export interface LoginChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Somebody the provider vouches for. */
export interface ProvenPerson {
  readonly name: string;
  readonly groups: readonly string[];
  readonly issuer: string;
  readonly subject: string;
}

export interface OidcClient {
  /** Host of the provider, for people. */
  readonly provider: string;
  /**
   * Where to send a browser.
   *
   * @throws TowpathError `IDENTITY_PROVIDER_UNAVAILABLE`
   */
  begin(redirectUri: string, checks: LoginChecks): Promise<URL>;
  /**
   * Who came back with this address.
   *
   * @throws TowpathError `LOGIN_REFUSED`, `LOGIN_NAMELESS`, `IDENTITY_PROVIDER_UNAVAILABLE`
   */
  finish(address: URL, checks: LoginChecks): Promise<ProvenPerson>;
}

/** Clocks of two well-kept machines differ by less. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** A person waits for it. */
const TIMEOUT_SECONDS = 10;

/**
 * Creates a client. The provider is asked when somebody signs in, not before: this server starts without it.
 *
 * @throws TowpathError `OIDC_ISSUER_INVALID`
 */
export function createOidcClient(options: OidcOptions): OidcClient {
  const issuer = parseIssuer(options.issuer);
  let discovered: Promise<openid.Configuration> | undefined;
  const configure = (): Promise<openid.Configuration> => {
    discovered ??= discover(issuer, options).catch((thrown: unknown) => {
      discovered = undefined;
      throw unavailable(issuer, thrown);
    });
    return discovered;
  };
  return {
    provider: issuer.host,
    begin: async (redirectUri, { state, nonce, codeVerifier }) =>
      openid.buildAuthorizationUrl(await configure(), {
        redirect_uri: redirectUri,
        scope: `openid ${options.scopes ?? 'profile email'}`,
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }),
    finish: async (address, checks) => {
      const configuration = await configure();
      const claims = await readClaims(configuration, address, checks).catch((thrown: unknown) => {
        throw isRefusal(thrown) ? refused(thrown) : unavailable(issuer, thrown);
      });
      return toPerson(claims, options);
    },
  };
}

function parseIssuer(text: string): URL {
  const url = URL.parse(text);
  const isLoopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) return url;
  throw new TowpathError({
    code: 'OIDC_ISSUER_INVALID',
    message: `${JSON.stringify(text.slice(0, 200))} is not the address of an identity provider.`,
    cause: 'What it says is believed, so it must be asked by https; http is for this machine alone.',
    fix: 'Give the issuer as the provider writes it: --oidc-issuer https://login.example.com/tenant',
  });
}

async function discover(issuer: URL, { clientId, clientSecret }: OidcOptions): Promise<openid.Configuration> {
  const execute = [
    openid.enableNonRepudiationChecks,
    ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
  ];
  const metadata = { [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
  const authentication = clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret);
  return openid.discovery(issuer, clientId, metadata, authentication, { execute, timeout: TIMEOUT_SECONDS });
}

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

async function readClaims(
  configuration: openid.Configuration,
  address: URL,
  { state, nonce, codeVerifier }: LoginChecks,
): Promise<Claims> {
  const tokens = await openid.authorizationCodeGrant(configuration, address, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: codeVerifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims) throw new Error('the provider sent no ID token');
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  // Many providers keep what is more than `sub` out of the ID token. The library compares both `sub`.
  const more = await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  // An address and what is said of it are of one document.
  const { email_verified } = 'email' in claims ? claims : more;
  return { ...more, ...claims, email_verified };
}

/** The library's codes for answers that did not come, or came as no answer. */
const TECHNICAL = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_PARSE_ERROR', 'OAUTH_RESPONSE_IS_NOT_JSON']);

// A library's error that speaks about what the provider answered; anything else did not get that far.
function isRefusal(thrown: unknown): boolean {
  if (thrown instanceof openid.AuthorizationResponseError) return true;
  if (thrown instanceof openid.ResponseBodyError) return thrown.status < 500;
  if (!(thrown instanceof openid.ClientError) || TECHNICAL.has(thrown.code ?? '')) return false;
  return !(thrown.cause instanceof Response && thrown.cause.status >= 500);
}

function toPerson(
  claims: Claims,
  { nameClaim = 'preferred_username', groupsClaim = 'groups' }: OidcOptions,
): ProvenPerson {
  const name = claims[nameClaim];
  const groups = claims[groupsClaim] ?? [];
  // An address that nobody proved to be theirs names nobody.
  if (nameClaim === 'email' && claims.email_verified !== true) throw nameless(nameClaim);
  if (typeof name !== 'string' || !/^[^\p{C}]{1,200}$/u.test(name) || name.startsWith('service-account:'))
    throw nameless(nameClaim);
  const listed = (Array.isArray(groups) ? groups : [groups]).filter((group) => typeof group === 'string');
  return { name, groups: [...new Set(listed)].sort(), issuer: claims.iss, subject: claims.sub };
}

function refused(thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'LOGIN_REFUSED',
      message: 'The sign-in was refused.',
      cause:
        'What the identity provider answered does not hold: it said no, or its answer is old, forged or for somebody else.',
      fix: 'Sign in again; the reason is in the log of the server.',
    },
    { cause: thrown },
  );
}

function nameless(claim: string): TowpathError {
  return new TowpathError({
    code: 'LOGIN_NAMELESS',
    message: 'The identity provider did not say who you are.',
    cause: `The claim ${claim} is absent or can't be a name.`,
    fix: 'An administrator chooses another one: npx towpath server --oidc-name-claim <claim>',
  });
}

function unavailable(issuer: URL, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'IDENTITY_PROVIDER_UNAVAILABLE',
      message: `The identity provider ${issuer.host} does not answer as one.`,
      cause: 'It could not be asked. The reason is in the log of the server.',
      fix: 'Try again; an administrator compares --oidc-issuer with what the provider calls itself.',
    },
    { cause: thrown },
  );
}
