// What loading costs: a generated table from the mock into bronze, beside the floor (the same bytes through a bare COPY)
// and beside tedious; then an increment of one row in a hundred. Every value is compared. One exported function for
// `make bench`; run alone it prints its rows:
//   node datakits/sqlserver/bench/measure-datakit.ts postgres://superuser@host/database [rows]
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { connectTds, MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { countDifferences } from './count-differences.ts';
import { readProcessSeconds, readServerSeconds } from './processor-time.ts';
import { type Measured, runMeasured } from './run-measured.ts';

/** One figure, in the form of scripts/bench/rows.ts. */
export interface DatakitBenchRow {
  readonly id: string;
  readonly what: string;
  readonly unit: 's' | 'MiB' | '×';
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
  readonly floor?: number;
  readonly mark?: number;
}

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

/** Measures. Throws when a single value differs. */
export async function measureDatakit(bench: DatakitBench): Promise<DatakitBenchRow[]> {
  const world = await startWorld(bench);
  try {
    return [...(await measureSnapshot(world)), await measureIncrement(world)];
  } finally {
    await world.close();
  }
}

interface World extends DatakitBench {
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

interface Snapshot extends Measured {
  readonly serverSeconds: number;
  readonly mockSeconds: number;
}

/** One ingestion of the table, from after a checkpoint as the floor. */
async function ingest({ client, programs, env, pids }: World, table: string): Promise<Snapshot> {
  await client.query('checkpoint');
  const before = { server: readServerSeconds(pids.backend), mock: readProcessSeconds(pids.mock) };
  const measured = await runMeasured([programs.datakit, 'ingest-table', table], env);
  const serverSeconds = readServerSeconds(pids.backend) - before.server;
  return { ...measured, serverSeconds, mockSeconds: readProcessSeconds(pids.mock) - before.mock };
}

async function measureSnapshot(world: World): Promise<DatakitBenchRow[]> {
  const { rowCount, client } = world;
  const table = `generated_${rowCount}`;
  await ingest(world, table);
  const definition = await readDefinition(client, `bronze.dbo_${table}`);
  const file = await writeRows(world, definition, table);
  const ours: Snapshot[] = [];
  const floor: Measured[] = [];
  for (let sample = 0; sample < world.samples; sample++) {
    // Each goes first in turns: what comes every five seconds, such as the kernel writing its journal, must not always meet one.
    if (sample % 2 === 0) floor.push(await runFloor(world, definition, file));
    ours.push(await ingest(world, table));
    if (sample % 2 === 1) floor.push(await runFloor(world, definition, file));
  }
  // Once: it takes longer than all the others together.
  const tedious = await runTedious(world, definition, table);
  const differences = await countDifferences(client, `bronze.dbo_${table}`, rowCount);
  if (differences.length > 0) throw new Error(`Values differ:\n${differences.join('\n')}`);
  return describeSnapshot(rowCount, { ours, floor, tedious });
}

/** The floor's rows, ready in a file. */
async function writeRows({ client, folder }: World, { names }: Definition, table: string): Promise<string> {
  const file = join(folder, 'rows.bin');
  const out = client.query(copyTo(`copy (select ${names} from bronze.dbo_${table}) to stdout (format binary)`));
  await pipeline(out, createWriteStream(file));
  return file;
}

interface SnapshotRuns {
  readonly ours: readonly Snapshot[];
  readonly floor: readonly Measured[];
  readonly tedious: Measured;
}

/** 80 % of the floor's speed is this much of its time. */
const MOST_OF_FLOOR = 1.25;

function describeSnapshot(rowCount: number, { ours, floor, tedious }: SnapshotRuns): DatakitBenchRow[] {
  const what = `${rowCount} rows of 12 mixed columns, mock to bronze`;
  const times = ours.map((one) => one.seconds);
  const floorTime = median(floor.map((one) => one.seconds));
  const ratios = ours.map(({ seconds }, index) => seconds / (floor[index]?.seconds ?? Number.NaN));
  const processor = (who: string, seconds: readonly number[]): DatakitBenchRow =>
    row(`datakit-processor-${who}`, `processor time of that: ${who}`, 's', seconds);
  return [
    {
      ...row('datakit-snapshot', `${what}, every value compared`, 's', times),
      ...{ floor: floorTime, mark: round(floorTime * MOST_OF_FLOOR) },
    },
    { ...row('datakit-ratio', `the same, each beside a floor of its own`, '×', ratios), mark: MOST_OF_FLOOR },
    { ...row('datakit-memory', `peak memory of that process`, 'MiB', ours.map(({ peakMiB }) => peakMiB)), mark: 150 },
    processor('datakit', ours.map((one) => one.processorSeconds)),
    processor('PostgreSQL', ours.map((one) => one.serverSeconds)),
    processor('mock', ours.map((one) => one.mockSeconds)),
    {
      ...row('datakit-tedious', `the same by tedious and COPY text, for comparison`, 's', [tedious.seconds]),
      floor: floorTime,
    },
    { ...row('datakit-of-tedious', 'the datakit’s share of that', '×', [median(times) / tedious.seconds]), mark: 0.25 },
  ];
}

interface Definition {
  readonly names: string;
  readonly columns: string;
  /** Names without the second columns of datetimeoffset, which tedious does not have. */
  readonly tediousNames: string;
}

async function readDefinition(client: Client, table: string): Promise<Definition> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and left(attname, 1) <> '_' order by attnum`,
    [table],
  );
  const names = rows.map(({ name }) => name);
  return {
    names: names.join(', '),
    columns: rows.map(({ name, type }) => `${name} ${type}`).join(', '),
    tediousNames: names.filter((name) => !name.endsWith('_offset_minutes')).join(', '),
  };
}

async function runFloor(world: World, { names, columns }: Definition, file: string): Promise<Measured> {
  await world.client.query('drop table if exists bench.floor; checkpoint');
  const create = `create table bench.floor (${columns})`;
  const copy = `copy bench.floor (${names}) from stdin (format binary)`;
  return await runMeasured([world.programs.floor, world.url, file, create, copy]);
}

async function runTedious(world: World, { columns, tediousNames }: Definition, table: string): Promise<Measured> {
  await world.client.query('drop table if exists bench.tedious; checkpoint');
  const create = `create table bench.tedious (${columns})`;
  const copy = `copy bench.tedious (${tediousNames}) from stdin`;
  const args = [String(world.port), world.url, table, create, copy];
  return await runMeasured([world.programs.tedious, ...args]);
}

async function measureIncrement(world: World): Promise<DatakitBenchRow> {
  const { rowCount, client, env, programs } = world;
  const table = `versioned_${rowCount}`;
  const changed = Math.floor(rowCount / 100);
  const args = [programs.datakit, 'ingest-table', table, '--mode', 'incremental'];
  await runMeasured(args, env);
  const merges: number[] = [];
  for (let sample = 0; sample < world.samples; sample++) {
    await changeRows(world.port, table, changed);
    await runMeasured(args, env);
    const { rows } = await client.query(
      `select rows_updated::int as updated, extract(epoch from ingestion_completed_at - ingestion_started_at)::float8 as seconds
         from bronze.ingestion_audit order by audit_id desc limit 1`,
    );
    if (rows[0]?.updated !== changed) throw new Error(`${rows[0]?.updated} of ${changed} changed rows were merged`);
    merges.push(rows[0].seconds);
  }
  const what = `an increment of ${changed} changed rows by rowversion into ${rowCount}, from its start to its commit`;
  return { ...row('datakit-increment', what, 's', merges), mark: 0.5 };
}

async function changeRows(port: number, table: string, count: number): Promise<void> {
  const writer = await connectTds({
    ...{ host: '127.0.0.1', port, database: MOCK_DATABASE, encrypt: 'off' },
    ...{ username: MOCK_LOGINS.readWrite.username, password: MOCK_LOGINS.readWrite.password },
  });
  await writer.query(`UPDATE dbo.${table} SET Code = 'changed' WHERE Id <= ${count}`);
  await writer.close();
}

function row(id: string, what: string, unit: DatakitBenchRow['unit'], values: readonly number[]): DatakitBenchRow {
  return {
    ...{ id, what, unit, samples: values.length },
    ...{ median: median(values), min: round(Math.min(...values)), max: round(Math.max(...values)) },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , url = '', rows = 1_000_000] = process.argv;
  const bench = { url, rowCount: Number(rows), samples: 5, programs: SOURCE_PROGRAMS };
  process.stdout.write(`${JSON.stringify(await measureDatakit(bench), null, 2)}\n`);
}
