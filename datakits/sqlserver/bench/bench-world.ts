// Where the datakit is measured: the mock SQL Server in a process of its own, a schema of a database, and programs to run.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import { Client } from 'pg';

/** What is measured where. */
export interface DatakitBench {
  /** A superuser's database, or one whose owner may make schemas; the schema `bronze` in it is made and dropped. */
  readonly url: string;
  readonly rowCount: number;
  readonly samples: number;
  readonly programs: DatakitPrograms;
}

/** Files for Node: what is measured, and what it is compared with, all three bundled or none. */
export interface DatakitPrograms {
  readonly datakit: string;
  readonly floor: string;
  readonly tedious: string;
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The programs as they lie in the repository. */
export const SOURCE_PROGRAMS: DatakitPrograms = {
  datakit: path('../bin/datakit-sqlserver'),
  floor: path('./floor-process.ts'),
  tedious: path('./tedious-process.ts'),
};

/** What measurements need. */
export interface World extends DatakitBench {
  readonly port: number;
  readonly client: Client;
  /** Processes whose time is accounted for. */
  readonly pids: { readonly mock: number | undefined; readonly backend: number };
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function startWorld(bench: DatakitBench): Promise<World> {
  const mock = spawn(process.execPath, [path('./mock-process.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await new Promise((resolve) => mock.stdout.once('data', resolve)));
  const client = new Client({ connectionString: bench.url });
  await client.connect();
  await client.query('drop schema if exists bronze, bronze_parts, bench cascade; create schema bench');
  const backend = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  return {
    ...bench,
    ...{ port, client, folder, env: describeEnvironment(bench.url, port) },
    pids: { mock: mock.pid, backend: backend.rows[0]?.pid ?? 0 },
    close: async () => {
      await client.query('drop schema if exists bronze, bronze_parts, bench cascade');
      await client.end();
      const ended = new Promise((resolve) => mock.once('exit', resolve));
      mock.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

function describeEnvironment(url: string, port: number): Record<string, string> {
  const warehouse = new URL(url);
  return {
    MSSQL_SERVER: '127.0.0.1',
    MSSQL_PORT: String(port),
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

/** Measures in a world of its own. */
export async function inWorld<T>(bench: DatakitBench, measure: (world: World) => Promise<T>): Promise<T> {
  const world = await startWorld(bench);
  try {
    return await measure(world);
  } finally {
    await world.close();
  }
}
