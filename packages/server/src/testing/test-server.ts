// A server on a migrated database with environments `int` and `prod`, agents and people: what most tests start from.
import { type Client, createClient } from '@towpath/api';
import { openAdmin } from '../setup.ts';
import { type ServerOptions, startServer, type TowpathServer } from '../start-server.ts';

/** A migrated database that the test made; dropped when the server is closed. */
export interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Bearer tokens of everybody who may ask. */
export interface Tokens {
  /** Agent `first` of environment `int`. */
  readonly agent: string;
  /** Agent `second` of environment `int`. */
  readonly otherAgent: string;
  /** Agent `first` of environment `prod`. */
  readonly prodAgent: string;
  readonly engineer: string;
  readonly administrator: string;
  readonly viewer: string;
  readonly business: string;
  readonly releaseManager: string;
  readonly vp: string;
  readonly onCall: string;
}

/** A running server and clients of it. */
export interface TestServer {
  readonly databaseUrl: string;
  readonly server: TowpathServer;
  readonly tokens: Tokens;
  readonly agent: Client;
  readonly engineer: Client;
  readonly administrator: Client;
  /** A client with a token, of this server or of another replica. */
  clientOf(token: string, server?: TowpathServer): Client;
  /** A second server on the same database; closed with the first. */
  startReplica(): Promise<TowpathServer>;
  close(): Promise<void>;
}

/** Starts one; `close` it, which drops the database. */
export async function startTestServer(
  database: OwnDatabase,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> {
  const tokens = await issueTokens(database.url);
  const base = { databaseUrl: database.url, host: '127.0.0.1', port: 0, version: '1.2.3', logLevel: 'silent' as const };
  const start = () => startServer({ ...base, ...options });
  const servers = [await start()];
  const [server] = servers;
  if (!server) throw new Error('unreachable');
  const clientOf = (token: string, { url } = server) =>
    createClient({ baseUrl: url, headers: () => ({ authorization: `Bearer ${token}` }) });
  return {
    databaseUrl: database.url,
    server,
    tokens,
    agent: clientOf(tokens.agent),
    engineer: clientOf(tokens.engineer),
    administrator: clientOf(tokens.administrator),
    clientOf,
    startReplica: async () => {
      const replica = await start();
      servers.push(replica);
      return replica;
    },
    close: async () => {
      await Promise.all(servers.map((one) => one.close()));
      await database.drop();
    },
  };
}

async function issueTokens(databaseUrl: string): Promise<Tokens> {
  const admin = await openAdmin(databaseUrl);
  try {
    await admin.ensureEnvironment({ name: 'int', kind: 'shared', position: 1 });
    await admin.ensureEnvironment({ name: 'prod', kind: 'production', position: 2 });
    return {
      agent: await admin.issueAgentCredential({ environment: 'int', agent: 'first' }),
      otherAgent: await admin.issueAgentCredential({ environment: 'int', agent: 'second' }),
      prodAgent: await admin.issueAgentCredential({ environment: 'prod', agent: 'first' }),
      engineer: await admin.issueAccessToken({ name: 'erin', role: 'engineer' }),
      administrator: await admin.issueAccessToken({ name: 'ada', role: 'administrator' }),
      business: await admin.issueAccessToken({ name: 'bo', role: 'business' }),
      releaseManager: await admin.issueAccessToken({ name: 'rita', role: 'release-manager' }),
      vp: await admin.issueAccessToken({ name: 'vera', role: 'vp' }),
      onCall: await admin.issueAccessToken({ name: 'otto', role: 'on-call' }),
      viewer: await admin.issueAccessToken({ name: 'vic', role: 'viewer' }),
    };
  } finally {
    await admin.close();
  }
}
