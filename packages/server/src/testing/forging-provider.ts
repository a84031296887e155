// An identity provider that answers with whatever ID token a test makes: what a real one never does, and an attacker would.
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the next ID token differs from a good one. */
export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Default: by the key that it publishes. */
  readonly signedBy?: 'own key' | 'other key' | 'nobody' | 'client secret';
  /** What its userinfo endpoint says; absent when it is first asked: it has none. */
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** Of the answer of the token endpoint; default 200. */
  readonly status?: number;
}

export interface ForgingProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  forgery: Forgery;
  /** Where the authorization endpoint sends a browser back to, for an address it was sent by. */
  answer(authorization: URL): URL;
  /** How often each code was exchanged. */
  readonly exchanged: string[];
  close(): Promise<void>;
}

const CLIENT = { clientId: 'towpath', clientSecret: 'a secret of the client' };

/** Starts one; close it. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const issuer = `http://127.0.0.1:${address.port}`;
  const keys = {
    own: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    other: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  const nonces = new Map<string, { readonly nonce: string; readonly challenge: string }>();
  const exchanged: string[] = [];
  const provider: ForgingProvider = {
    issuer,
    ...CLIENT,
    forgery: {},
    exchanged,
    answer: (authorization) => {
      const { searchParams: asked } = authorization;
      const code = `code-${nonces.size}`;
      nonces.set(code, { nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '' });
      const back = new URL(asked.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer }).toString();
      return back;
    },
    close: () => closeServer(server),
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (body: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') send(describeProvider(provider));
    else if (request.url === '/userinfo') send({ sub: 'subject-1', ...provider.forgery.userinfo });
    else if (request.url === '/jwks')
      send({ keys: [{ ...keys.own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] });
    else send(...(await exchange(request)));
  }

  async function exchange(request: IncomingMessage): Promise<[object, number]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const code = form.get('code') ?? '';
    const begun = nonces.get(code);
    const isKnown =
      createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url') === begun?.challenge;
    const { status = 200 } = provider.forgery;
    if (status !== 200) return [{ error: 'server_error' }, status];
    // As RFC 6749 wants it: a code works once, and only for who began.
    if (!begun || !isKnown || exchanged.includes(code)) return [{ error: 'invalid_grant' }, 400];
    exchanged.push(code);
    const idToken = makeToken(provider, begun.nonce, keys);
    return [{ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: idToken }, 200];
  }
  return provider;
}

function describeProvider({ issuer, forgery }: ForgingProvider): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    ...(forgery.userinfo && { userinfo_endpoint: `${issuer}/userinfo` }),
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  };
}

interface Keys {
  readonly own: { readonly privateKey: KeyObject };
  readonly other: { readonly privateKey: KeyObject };
}

function makeToken({ issuer, forgery }: ForgingProvider, nonce: string, keys: Keys): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const good = { iss: issuer, sub: 'subject-1', aud: CLIENT.clientId, nonce, iat: nowSeconds, exp: nowSeconds + 60 };
  const claims = { ...good, preferred_username: 'mallory', groups: ['administrators'], ...forgery.claims };
  const header = { alg: 'RS256', kid: 'own', typ: 'JWT', ...forgery.header };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${signText(text, forgery.signedBy ?? 'own key', keys)}`;
}

function signText(text: string, signedBy: NonNullable<Forgery['signedBy']>, { own, other }: Keys): string {
  if (signedBy === 'nobody') return '';
  if (signedBy === 'client secret') return createHmac('sha256', CLIENT.clientSecret).update(text).digest('base64url');
  const { privateKey } = signedBy === 'own key' ? own : other;
  return sign('sha256', Buffer.from(text), privateKey).toString('base64url');
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
