// A server on its own database with one environment, an agent and an engineer: what most tests start from.
import { type Client, createClient } from '@towpath/api';
import { ensureEnvironment, issueAccessToken, issueAgentCredential } from '../setup.ts';
import { type ServerOptions, startServer, type TowpathServer } from '../start-server.ts';
import { createTestDatabase, dropTemplate, type TestDatabase } from './test-database.ts';

/** A running server and clients of it. */
export interface TestServer {
  readonly database: TestDatabase;
  readonly server: TowpathServer;
  /** Agent `first` of environment `int`. */
  readonly agent: Client;
  readonly engineer: Client;
  clientOf(token: string): Client;
  /** A second replica on the same database; closed with the first. */
  startReplica(): Promise<TowpathServer>;
  close(): Promise<void>;
}

/** Starts one; `close` it. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  await ensureEnvironment(database.url, { name: 'int', kind: 'shared', position: 1 });
  const agentToken = await issueAgentCredential(database.url, { environment: 'int', agent: 'first' });
  const engineerToken = await issueAccessToken(database.url, { name: 'erin', role: 'engineer' });
  const start = () =>
    startServer({
      databaseUrl: database.url,
      host: '127.0.0.1',
      port: 0,
      version: '1.2.3',
      logLevel: 'silent',
      ...options,
    });
  const server = await start();
  const others: TowpathServer[] = [];
  const clientOf = (token: string) =>
    createClient({ baseUrl: server.url, headers: () => ({ authorization: `Bearer ${token}` }) });
  return {
    database,
    server,
    agent: clientOf(agentToken),
    engineer: clientOf(engineerToken),
    clientOf,
    startReplica: async () => {
      const replica = await start();
      others.push(replica);
      return replica;
    },
    close: async () => {
      await Promise.all([server, ...others].map((one) => one.close()));
      await database.drop();
      await dropTemplate();
    },
  };
}
