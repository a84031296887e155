// A real server on a database of its own, with an environment `local`, an agent's credential and a client.
import type { Client } from '@towpath/api';
import { migrate, openAdmin, type ServerOptions, startServer, type TowpathServer } from '@towpath/server';
import { createTestDatabase } from '@towpath/testkit';
import { createTestClient } from './instance.ts';

export interface ControlPlane {
  readonly url: string;
  readonly databaseUrl: string;
  readonly agentToken: string;
  /** Of an administrator. */
  readonly token: string;
  readonly client: Client;
  /** Of an administrator: what `client` has. */
  readonly accessToken: string;
  /** Stops the server; its address answers nobody until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a control plane; leases are short, so that tests of silence don't wait long. */
export async function startControlPlane(
  options: Pick<Partial<ServerOptions>, 'consoleFolder' | 'host' | 'allowedHosts'> = {},
): Promise<ControlPlane> {
  const database = await createTestDatabase({ template: 'state', migrate });
  const listen = (port: number): Promise<TowpathServer> =>
    startServer({
      databaseUrl: database.url,
      host: '127.0.0.1',
      port,
      version: '0.0.0-test',
      leaseSeconds: 3,
      ...options,
    });
  let server = await listen(0);
  const { port, url } = server;
  const admin = await openAdmin(database.url);
  await admin.ensureEnvironment({ name: 'local', kind: 'local', position: 0 });
  const agentToken = await admin.issueAgentCredential({ environment: 'local', agent: 'local' });
  const token = await admin.issueAccessToken({ name: 'test', role: 'administrator' });
  await admin.close();
  return {
    url,
    databaseUrl: database.url,
    agentToken,
    token,
    client: createTestClient(url, token),
    accessToken: token,
    pause: () => server.close(),
    resume: async () => {
      server = await listen(port);
    },
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}
