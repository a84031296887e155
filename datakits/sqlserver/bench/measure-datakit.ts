// What loading costs: a generated table from the mock into bronze, beside the floor (the same bytes through a bare COPY)
// and beside tedious; then an increment of one row in a hundred. Every value is compared. Used by `make bench`; run alone it
// prints its rows:
//   node datakits/sqlserver/bench/measure-datakit.ts postgres://superuser@host/database [rows]
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { connectTds, MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { type DatakitBenchRow, median, round, row } from './bench-row.ts';
import { type DatakitBench, inWorld, SOURCE_PROGRAMS, type World } from './bench-world.ts';
import { countDifferences } from './count-differences.ts';
import { readMachineSeconds, readProcessSeconds, readServerSeconds } from './processor-time.ts';
import { type Measured, runMeasured } from './run-measured.ts';

/** Measures. Throws when a single value differs. */
export function measureDatakit(bench: DatakitBench): Promise<DatakitBenchRow[]> {
  return inWorld(bench, async (world) => [...(await measureSnapshot(world)), await measureIncrement(world)]);
}

/** Loads a table that is far larger than memory may become; nothing is compared. */
export function measureLargeTable(bench: DatakitBench): Promise<DatakitBenchRow[]> {
  return inWorld(bench, async (world) => {
    const loads: Measured[] = [];
    for (let sample = 0; sample < world.samples; sample++) {
      loads.push(await ingest(world, `generated_${world.rowCount}`));
    }
    const what = `${world.rowCount} rows of 12 mixed columns, mock to bronze`;
    const times = loads.map((one) => one.seconds);
    const peaks = loads.map((one) => one.peakMiB);
    return [
      row('datakit-large', what, 's', times),
      { ...row('datakit-large-memory', 'peak memory of that process', 'MiB', peaks), mark: 150 },
    ];
  });
}

interface Snapshot extends Measured {
  readonly serverSeconds: number;
  readonly mockSeconds: number;
  /** Of whatever else ran on the machine: much of it, and the times are not to be believed. */
  readonly othersSeconds: number;
}

/** One ingestion of the table, from after a checkpoint as the floor. */
async function ingest({ client, programs, env, pids }: World, table: string): Promise<Snapshot> {
  await client.query('checkpoint');
  const read = (): Record<'server' | 'mock' | 'all', number> => ({
    server: readServerSeconds(pids.backend),
    mock: readProcessSeconds(pids.mock),
    all: readMachineSeconds(),
  });
  const before = read();
  const measured = await runMeasured([programs.datakit, 'ingest-table', table], env);
  const after = read();
  const serverSeconds = after.server - before.server;
  const mockSeconds = after.mock - before.mock;
  const othersSeconds = after.all - before.all - serverSeconds - mockSeconds - measured.processorSeconds;
  return { ...measured, serverSeconds, mockSeconds, othersSeconds };
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
    // Each goes first in turns: what comes every few seconds, such as the kernel writing out pages, must not always meet one.
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
  const pick = (of: (one: Snapshot, index: number) => number): number[] => ours.map(of);
  const times = pick((one) => one.seconds);
  const floorTime = median(floor.map((one) => one.seconds));
  const toFloor = (one: Snapshot, index: number): number => one.seconds / (floor[index]?.seconds ?? Number.NaN);
  const processor = (who: string, of: (one: Snapshot) => number): DatakitBenchRow =>
    row(`datakit-processor-${who.toLowerCase()}`, `processor time of that: ${who}`, 's', pick(of));
  return [
    {
      ...row(
        'datakit-snapshot',
        `${rowCount} rows of 12 mixed columns, mock to bronze, every value compared`,
        's',
        times,
      ),
      ...{ floor: floorTime, mark: round(floorTime * MOST_OF_FLOOR) },
    },
    { ...row('datakit-ratio', 'the same, each beside a floor of its own', '×', pick(toFloor)), mark: MOST_OF_FLOOR },
    {
      ...row(
        'datakit-memory',
        'peak memory of that process',
        'MiB',
        pick((one) => one.peakMiB),
      ),
      mark: 150,
    },
    processor('datakit', (one) => one.processorSeconds),
    processor('PostgreSQL', (one) => one.serverSeconds),
    processor('mock', (one) => one.mockSeconds),
    processor('others', (one) => one.othersSeconds),
    {
      ...row('datakit-tedious', 'the same by tedious and COPY text, for comparison', 's', [tedious.seconds]),
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , url = '', rows = 1_000_000] = process.argv;
  const bench = { url, rowCount: Number(rows), samples: 5, programs: SOURCE_PROGRAMS };
  process.stdout.write(`${JSON.stringify(await measureDatakit(bench), null, 2)}\n`);
}
