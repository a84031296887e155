// Prints the table of docs/adr/0003-bronze-publishing.md as JSON lines:
//   node datakits/sqlserver/bench/measure-publishing.ts postgres://superuser@host/database [rows]
// It makes and drops the schema `bench` and a file in the server's data folder, hence the superuser.
import { Client } from 'pg';
import { CANDIDATES, type Candidate, runAll, writeFeed } from './publishing-candidates.ts';

const url = process.argv[2] ?? '';
const rows = Number(process.argv[3] ?? 300_000);
const GENERATIONS = 3;

interface Reader {
  /** Stops polling and says what was seen. */
  stop(): Promise<{ polls: number; wrong: number; longestMs: number }>;
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

async function startReader(): Promise<Reader> {
  const client = await connect();
  const seen = { polls: 0, wrong: 0, longestMs: 0 };
  let isRunning = true;
  const poll = async (): Promise<void> => {
    while (isRunning) {
      const startedAt = performance.now();
      const text = 'select count(*)::int as count, count(distinct generation)::int as generations from bench.published';
      const result = await client.query({ name: 'poll', text }).catch(() => undefined);
      const row = result?.rows[0];
      seen.polls++;
      seen.longestMs = Math.max(seen.longestMs, Math.round(performance.now() - startedAt));
      if (row?.count !== rows || row?.generations !== 1) seen.wrong++;
    }
  };
  const polling = poll();
  return {
    stop: async () => {
      isRunning = false;
      await polling;
      await client.end();
      return seen;
    },
  };
}

/** Opens a snapshot that has not touched the table yet; `read` tells what it sees afterwards. */
async function openOldSnapshot(): Promise<{ read(): Promise<string> }> {
  const client = await connect();
  await client.query('begin isolation level repeatable read');
  await client.query('select 1');
  return {
    read: async () => {
      const result = await client
        .query('select count(*)::int as count, max(generation) as generation from bench.published')
        .catch((error: Error) => ({ rows: [{ count: error.message }] }));
      await client.end();
      return JSON.stringify(result.rows[0]);
    },
  };
}

async function findSurvivors(client: Client): Promise<string> {
  const result = await client.query(`select
    coalesce((select count(*)::text from pg_views where schemaname = 'bench'), '0') as views,
    (select count(*)::text from pg_index where indrelid = 'bench.published'::regclass) as indexes,
    has_table_privilege('bench_reader', 'bench.published', 'select')::text as granted`);
  return JSON.stringify(result.rows[0]);
}

async function readNumber(client: Client, sql: string): Promise<number> {
  const result = await client.query(`select (${sql})::float8 as value`);
  return result.rows[0].value;
}

async function prepare(client: Client, candidate: Candidate, feed: (generation: number) => string): Promise<void> {
  await client.query('drop schema if exists bench cascade; create schema bench');
  await client.query(candidate.create);
  await client.query(
    'create index on bench.published (id); create view bench.v as select id, name from bench.published',
  );
  await client.query('grant usage on schema bench to bench_reader; grant select on bench.published to bench_reader');
  await client.query(`copy bench.published from '${feed(0)}' (format binary)`);
  await client.query('vacuum analyze bench.published; checkpoint');
}

async function measure(client: Client, candidate: Candidate, feed: (generation: number) => string): Promise<void> {
  await prepare(client, candidate, feed).catch(async () => {
    await client.query('vacuum analyze bench.published');
  });
  const lsn = await client.query('select pg_current_wal_insert_lsn()::text as lsn');
  const reader = await startReader();
  const times = { loadMs: 0, publishMs: 0 };
  let oldSnapshot = '';
  for (let generation = 1; generation <= GENERATIONS; generation++) {
    const snapshot = await openOldSnapshot();
    const start = performance.now();
    await runAll(client, candidate.load(feed(generation)));
    const loaded = performance.now();
    await runAll(client, candidate.publish(feed(generation)));
    times.loadMs += Math.round((loaded - start) / GENERATIONS);
    times.publishMs += Math.round((performance.now() - loaded) / GENERATIONS);
    oldSnapshot = await snapshot.read();
  }
  const readers = await reader.stop();
  const wal = await readNumber(client, `pg_current_wal_insert_lsn() - '${lsn.rows[0].lsn}'::pg_lsn`);
  const size = await readNumber(
    client,
    `select sum(pg_total_relation_size(oid)) from pg_class where relnamespace = 'bench'::regnamespace and relkind = 'r'`,
  );
  const report = {
    candidate: candidate.name,
    ...times,
    walMiBPerReload: Math.round(wal / GENERATIONS / 2 ** 20),
    sizeMiBAfter: Math.round(size / 2 ** 20),
    readCommitted: readers,
    olderSnapshotSees: oldSnapshot,
    survives: await findSurvivors(client),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const client = await connect();
await client.query('drop role if exists bench_reader').catch(() => undefined);
await client.query('create role bench_reader').catch(() => undefined);
const folder = await client.query("select current_setting('data_directory') as path");
const feed = (generation: number): string => `${folder.rows[0].path}/publishing-bench-${generation}.bin`;
for (let generation = 0; generation <= GENERATIONS; generation++) {
  await client.query(writeFeed(feed(generation), rows, generation));
}
for (const candidate of CANDIDATES) await measure(client, candidate, feed);
await client.query('drop schema bench cascade; drop role bench_reader');
await client.end();
