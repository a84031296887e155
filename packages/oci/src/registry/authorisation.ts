// How a registry wants to be asked: it answers 401 with a challenge, Basic or Bearer (the token service of the distribution
// specification), and the request goes again.
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { FindCredentials, RegistryCredentials } from '../registry-credentials.ts';
import { type DialRequest, dial } from './dial.ts';
import { readBytes } from './read-bytes.ts';
import { isLoopbackHost, type RegistryLocation } from './registry-location.ts';

/** What a token is for: `repository:datakits/x:pull,push`. */
export type Scope = string;

export interface AuthorisationOptions {
  readonly location: RegistryLocation;
  readonly findCredentials: FindCredentials;
  readonly signal?: AbortSignal | undefined;
}

export interface Authorisation {
  /** Sends with what is known to be needed, and once more after a challenge. The answer may still be 401. */
  send(request: DialRequest, scope: Scope): Promise<IncomingMessage>;
}

/** Remembers what was granted, by scope, for its own life. */
export function createAuthorisation(options: AuthorisationOptions): Authorisation {
  const granted = new Map<Scope, string>();
  return {
    send: async (request, scope) => {
      const first = await dial(withHeader(request, granted.get(scope)));
      if (first.statusCode !== 401) return first;
      const header = await answerChallenge(first.headers['www-authenticate'] ?? '', scope, options);
      if (header === undefined || header === granted.get(scope)) return first;
      first.destroy();
      granted.set(scope, header);
      return await dial(withHeader(request, header));
    },
  };
}

function withHeader(request: DialRequest, authorization: string | undefined): DialRequest {
  return authorization === undefined ? request : { ...request, headers: { ...request.headers, authorization } };
}

/** The header that a challenge asks for; undefined when we have nothing that answers it. */
async function answerChallenge(
  challenge: string,
  scope: Scope,
  options: AuthorisationOptions,
): Promise<string | undefined> {
  const credentials = await options.findCredentials(options.location.authority);
  if (/^basic\b/i.test(challenge)) return credentials === undefined ? undefined : toBasic(credentials);
  if (!/^bearer\b/i.test(challenge)) return undefined;
  const token = await fetchToken(parseParameters(challenge), scope, { ...options, credentials });
  return token === undefined ? undefined : `Bearer ${token}`;
}

function toBasic({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parseParameters(challenge: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...challenge.matchAll(/([a-z_]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name, value]),
  );
}

const TokenReply = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const TOKEN_BYTES = 1024 * 1024;

type Asking = AuthorisationOptions & { readonly credentials: RegistryCredentials | undefined };

/** https://distribution.github.io/distribution/spec/auth/token: anonymous where there are no credentials. */
async function fetchToken(
  { realm = '', service }: Readonly<Record<string, string>>,
  scope: Scope,
  { credentials, location, signal }: Asking,
): Promise<string | undefined> {
  const url = URL.parse(realm);
  if (url === null || !isSafe(url, location)) return undefined;
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const headers = credentials === undefined ? {} : { authorization: toBasic(credentials) };
  const response = await dial({ method: 'GET', url, headers, signal });
  const bytes = await readBytes(response, TOKEN_BYTES);
  if (response.statusCode !== 200) return undefined;
  const reply = TokenReply.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  return reply?.token ?? reply?.access_token;
}

/** A password goes by TLS, or does not leave this machine. */
function isSafe(url: URL, location: RegistryLocation): boolean {
  return url.protocol === 'https:' || (location.origin.startsWith('http:') && isLoopbackHost(url.hostname));
}
