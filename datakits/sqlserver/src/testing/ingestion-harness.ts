// One test's world: a mock SQL Server, an empty warehouse on a real PostgreSQL, and the datakit run in process or as the
// real program.
import { fileURLToPath } from 'node:url';
import {
  connectTds,
  MOCK_DATABASE,
  MOCK_LOGINS,
  type MockSqlServer,
  type MockSqlServerOptions,
  startMockSqlServer,
  type TdsConnection,
} from '@towpath/tds';
import { Client } from 'pg';
import { runDatakit } from '../cli.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/datakit-sqlserver', import.meta.url));

/** What the harness takes from @towpath/testkit, handed in because only test files may import that. */
export interface Testkit {
  createTestDatabase(request: { readonly template: 'empty' }): Promise<TestDatabase>;
  spawnProcess(request: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Variables;
  }): Promise<SpawnedProcess>;
}

interface TestDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** A started program. */
export interface SpawnedProcess {
  readonly pid: number;
  stderr(): string;
  waitForExit(): Promise<{ readonly code: number | null }>;
  kill(signal: NodeJS.Signals): void;
  destroy(): Promise<void>;
}

/** Variables of one run, added to those of the harness; undefined takes one away. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The test's world; whoever starts it closes it. */
export interface IngestionHarness {
  readonly mock: MockSqlServer;
  /** A superuser's connection to the warehouse, for looking; the datakit itself is an ordinary role that may make schemas there. */
  readonly bronze: Client;
  readonly env: Variables;
  /** Runs one command in process; rejects with its error. Gives the printed lines. */
  run(argv: readonly string[], env?: Variables, signal?: AbortSignal): Promise<string[]>;
  /** Starts the real program. */
  spawn(argv: readonly string[], env?: Variables): Promise<SpawnedProcess>;
  /** Another connection to the warehouse; closed with the harness. */
  connect(): Promise<Client>;
  /** A connection to the source that may write there; closed with the harness. */
  openSource(): Promise<TdsConnection>;
  /** The first row of a query. */
  readRow(sql: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Starts mock and warehouse. */
export async function startIngestionHarness(
  testkit: Testkit,
  options: Partial<MockSqlServerOptions> = {},
): Promise<IngestionHarness> {
  const mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, ...options });
  const database = await testkit.createTestDatabase({ template: 'empty' });
  const clients: Client[] = [];
  const spawned: SpawnedProcess[] = [];
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('set role none');
    clients.push(client);
    return client;
  };
  const writers: TdsConnection[] = [];
  const bronze = await connect();
  await makeLoader(bronze, database);
  const env = describeEnvironment(mock, database);
  return {
    mock,
    bronze,
    env,
    connect,
    run: async (argv, extra = {}, signal = new AbortController().signal) => {
      const lines: string[] = [];
      await runDatakit(argv, { env: { ...env, ...extra }, signal, print: (line) => lines.push(line) });
      return lines;
    },
    spawn: async (argv, extra = {}) => {
      const child = await testkit.spawnProcess({
        command: process.execPath,
        args: [PROGRAM, ...argv],
        env: { ...env, ...extra },
      });
      spawned.push(child);
      return child;
    },
    openSource: async () => {
      const writer = await connectTds({
        ...{ host: mock.host, port: mock.port, database: MOCK_DATABASE, encrypt: 'off' },
        ...{ username: MOCK_LOGINS.readWrite.username, password: MOCK_LOGINS.readWrite.password },
      });
      writers.push(writer);
      return writer;
    },
    readRow: async (sql) => (await bronze.query(sql)).rows[0] ?? {},
    close: async () => {
      for (const child of spawned) await child.destroy();
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await Promise.all(writers.map((writer) => writer.close()));
      await mock.close();
      await database.drop();
      await dropLoader(database);
    },
  };
}

function loaderOf(database: TestDatabase): string {
  return `${database.name}_loader`;
}

// The test server lets only its superuser in, so sessions of the datakit become the loader by a setting of the database.
async function makeLoader(superuser: Client, database: TestDatabase): Promise<void> {
  const loader = loaderOf(database);
  await superuser.query(`create role ${loader} nosuperuser`);
  await superuser.query(`revoke connect, temporary on database ${database.name} from public`);
  await superuser.query(`grant create, connect, temporary on database ${database.name} to ${loader}`);
  await superuser.query(`alter role current_user in database ${database.name} set role to ${loader}`);
}

// Only after its database: a role that owns something can't be dropped.
async function dropLoader(database: TestDatabase): Promise<void> {
  const admin = new Client({ connectionString: process.env.TOWPATH_TEST_DATABASE_ADMIN_URL });
  await admin.connect();
  await admin.query(`drop role ${loaderOf(database)}`);
  await admin.end();
}

function describeEnvironment(mock: MockSqlServer, database: TestDatabase): Variables {
  const warehouse = new URL(database.url);
  return {
    MSSQL_SERVER: mock.host,
    MSSQL_PORT: String(mock.port),
    MSSQL_DATABASE: MOCK_DATABASE,
    MSSQL_USERNAME: MOCK_LOGINS.readOnly.username,
    MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password,
    MSSQL_ENCRYPT: 'off',
    BRONZE_HOST: warehouse.hostname,
    BRONZE_PORT: warehouse.port,
    BRONZE_DATABASE: database.name,
    BRONZE_USER: decodeURIComponent(warehouse.username),
    BRONZE_PASSWORD: decodeURIComponent(warehouse.password),
  };
}
