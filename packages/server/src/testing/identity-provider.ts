// A real identity provider (oidc-provider, certified by the OpenID Foundation) on a port of its own, with people and groups.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** A provider that listens; any password signs in. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Groups by login; who is not in it has none. */
  readonly groups: Map<string, readonly string[]>;
  /** Its people may be sent back to this address; to be told before it is asked for the first time. */
  allowCallback(address: string): void;
  close(): Promise<void>;
}

/** Starts one; close it. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const issuer = `http://127.0.0.1:${address.port}`;
  const client = { clientId: 'towpath', clientSecret: 'a secret of the client' };
  const groups = new Map<string, readonly string[]>();
  const callbacks: string[] = [];
  // It takes its clients as they are when it is made: not before somebody asks it, so that ours is known by then.
  let answer: ReturnType<Provider['callback']> | undefined;
  server.on('request', (request, response) => {
    answer ??= createProvider({ ...client, issuer, callbacks, groups }).callback();
    void answer(request, response);
  });
  return {
    issuer,
    ...client,
    groups,
    allowCallback: (callback) => callbacks.push(callback),
    close: () => closeServer(server),
  };
}

interface ProviderSetup {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callbacks: string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

function createProvider({ issuer, clientId, clientSecret, callbacks, groups }: ProviderSetup): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: callbacks,
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    pkce: { required: () => true },
    cookies: { keys: ['a key of the provider'] },
    findAccount: (_, login) => ({
      accountId: login,
      claims: async () => ({
        sub: login,
        preferred_username: login,
        email: `${login}@example.com`,
        groups: groups.get(login) ?? [],
      }),
    }),
  });
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
