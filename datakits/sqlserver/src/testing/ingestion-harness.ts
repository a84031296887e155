// One test's world: a mock SQL Server, an empty warehouse on a real PostgreSQL, and the datakit run in process or as the
// real program.
import { fileURLToPath } from 'node:url';
import {
  MOCK_DATABASE,
  MOCK_LOGINS,
  type MockSqlServer,
  type MockSqlServerOptions,
  startMockSqlServer,
} from '@towpath/tds';
import { createTestDatabase, type SpawnedProcess, spawnProcess } from '@towpath/testkit';
import { Client } from 'pg';
import { runDatakit } from '../cli.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/datakit-sqlserver', import.meta.url));

/** Variables of one run, added to those of the harness; undefined takes one away. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The test's world; whoever starts it closes it. */
export interface IngestionHarness {
  readonly mock: MockSqlServer;
  /** A connection to the warehouse for looking. */
  readonly bronze: Client;
  readonly env: Variables;
  /** Runs one command in process; rejects with its error. Gives the printed lines. */
  run(argv: readonly string[], env?: Variables, signal?: AbortSignal): Promise<string[]>;
  /** Starts the real program. */
  spawn(argv: readonly string[], env?: Variables): Promise<SpawnedProcess>;
  /** Another connection to the warehouse; closed with the harness. */
  connect(): Promise<Client>;
  /** The first row of a query. */
  readRow(sql: string): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Starts mock and warehouse. */
export async function startIngestionHarness(options: Partial<MockSqlServerOptions> = {}): Promise<IngestionHarness> {
  const mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, ...options });
  const database = await createTestDatabase({ template: 'empty' });
  const clients: Client[] = [];
  const spawned: SpawnedProcess[] = [];
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const bronze = await connect();
  const env = describeEnvironment(mock, new URL(database.url));
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
      const child = await spawnProcess({
        command: process.execPath,
        args: [PROGRAM, ...argv],
        env: { ...env, ...extra },
      });
      spawned.push(child);
      return child;
    },
    readRow: async (sql) => (await bronze.query(sql)).rows[0] ?? {},
    close: async () => {
      for (const child of spawned) await child.destroy();
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await mock.close();
      await database.drop();
    },
  };
}

function describeEnvironment(mock: MockSqlServer, warehouse: URL): Variables {
  return {
    MSSQL_SERVER: mock.host,
    MSSQL_PORT: String(mock.port),
    MSSQL_DATABASE: MOCK_DATABASE,
    MSSQL_USERNAME: MOCK_LOGINS.readOnly.username,
    MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password,
    MSSQL_ENCRYPT: 'off',
    BRONZE_HOST: warehouse.hostname,
    BRONZE_PORT: warehouse.port,
    BRONZE_DATABASE: warehouse.pathname.slice(1),
    BRONZE_USER: decodeURIComponent(warehouse.username),
    BRONZE_PASSWORD: decodeURIComponent(warehouse.password),
  };
}
