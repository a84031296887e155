import { chmodSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDatakit } from '@towpath/datakit-sqlserver';
import {
  connectTds,
  MOCK_DATABASE,
  MOCK_LOGINS,
  type MockSqlServer,
  type MockTable,
  startMockSqlServer,
} from '@towpath/tds';
import { listDescendants, signalProcess, waitFor } from '@towpath/testkit';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startStepProxy } from '../datakits/sqlserver/src/testing/step-proxy.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../packages/cli/src/embedded-postgres/index.ts';
import { createRandom } from './support/random.ts';

const random = createRandom(process.env.TOWPATH_TEST_SEED);

const ROWS = 40;
const ITEMS: MockTable = {
  schema: 'dbo',
  name: 'Items',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Name', type: 'nvarchar(max)' },
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  rows: Array.from({ length: ROWS }, (_, id) => [id, 'x', Buffer.from([0, 0, 0, 0, 0, 0, 0, id])]),
};
/**
 * At every message the processes of the server die, and its postmaster recovers as after any crash: the messages of a snapshot
 * take 15 seconds so, and 48 with a new start for each. At every tenth the postmaster dies as well; the seed says at which first.
 */
const WHOLE_SERVER_EVERY = 10;
const MANY_CRASHES_MS = 600_000;
/** A server that lost its processes may need several tries until the system has let go of their memory. */
const RECOVERY_MS = 60_000;

let folder: string;
let postgres: EmbeddedPostgres;
let mock: MockSqlServer;

beforeAll(async () => {
  // As root PostgreSQL runs under another account, which must be able to enter.
  const parent = await mkdtemp(join(tmpdir(), 'death-'));
  chmodSync(parent, 0o755);
  folder = join(parent, 'pg');
  // What processes write survives them; only a machine's death needs the disk.
  postgres = await startEmbeddedPostgres({ folder, preferredPort: 0, settings: { fsync: 'off' } });
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, seed: [ITEMS] });
});

afterAll(async () => {
  await mock.close();
  await postgres.stop();
});

/** kill -9 to all processes of the server, as a machine that loses them does; with the postmaster nothing of it is left. Gives the dead. */
function crash(isWhole: boolean): readonly number[] {
  const children = listDescendants(postgres.pid).map(({ pid }) => pid);
  const pids = isWhole ? [postgres.pid, ...children] : children;
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
  return pids;
}

async function recover(dead: readonly number[]): Promise<void> {
  if (dead.includes(postgres.pid)) await startAnew();
  else await waitForPostmaster(dead);
}

// From when it has seen one of its processes die it lets nobody in until it has recovered.
async function waitForPostmaster(dead: readonly number[]): Promise<void> {
  const isSeen = (): boolean => !listDescendants(postgres.pid).some(({ pid }) => dead.includes(pid));
  await waitFor(
    'PostgreSQL to recover',
    RECOVERY_MS,
    async () => isSeen() && (await read('select 1 as one')).one === 1,
  );
}

async function startAnew(): Promise<void> {
  postgres.leave();
  const { port } = postgres;
  postgres = await waitFor('PostgreSQL to start anew', RECOVERY_MS, () =>
    startEmbeddedPostgres({ folder, preferredPort: port, settings: { fsync: 'off' } }),
  );
}

async function read(sql: string): Promise<Record<string, unknown>> {
  const url = new URL(postgres.adminUrl);
  url.pathname = '/bronze';
  const client = new Client({ connectionString: url.toString() });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function changeSource(n: number): Promise<void> {
  const writer = await connectTds({
    ...{ host: mock.host, port: mock.port, database: MOCK_DATABASE, encrypt: 'off' },
    ...{ username: MOCK_LOGINS.readWrite.username, password: MOCK_LOGINS.readWrite.password },
  });
  await writer.query(`UPDATE dbo.Items SET Name = 'version ${n}'`);
  await writer.close();
}

function load(argv: readonly string[], port: number, runId: string): Promise<void> {
  const { host, database, user } = postgres.warehouse;
  const env = {
    ...{ MSSQL_SERVER: mock.host, MSSQL_PORT: String(mock.port), MSSQL_DATABASE: MOCK_DATABASE, MSSQL_ENCRYPT: 'off' },
    ...{ MSSQL_USERNAME: MOCK_LOGINS.readOnly.username, MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password },
    ...{ BRONZE_HOST: host, BRONZE_PORT: String(port), BRONZE_DATABASE: database, BRONZE_USER: user },
    ...{ TOWPATH_RUN_ID: runId, TOWPATH_TASK_ID: 'items' },
  };
  return runDatakit(argv, { env, signal: new AbortController().signal, print: () => undefined });
}

const CONTENT = "select string_agg(distinct left(name, 12), ',') || ' ' || count(*) as content from bronze.dbo_items";

it.each([
  ['a snapshot', 'snapshot', ['ingest-table', 'Items', '--target-table', 'items_whole']],
  [
    'an increment',
    'incremental',
    ['ingest-table', 'Items', '--target-table', 'items_changes', '--mode', 'incremental'],
  ],
] as const)(
  'A93 process: kill -9 of PostgreSQL at every message of %s: what it recovers is the old or the new content, and the audit agrees',
  async (_what, kind, argv) => {
    const offset = random.below(WHOLE_SERVER_EVERY);
    console.log(`${kind}: TOWPATH_TEST_SEED=${random.seed}`);
    const [, , , table] = argv;
    const content = CONTENT.replace('dbo_items', table);
    await changeSource(0);
    await load(argv, postgres.port, `${kind}-0`);
    let before = 0;
    for (let step = 1; ; step++) {
      await changeSource(step);
      const runId = `${kind}-${step}`;
      let dead: readonly number[] = [];
      const proxy = await startStepProxy({ host: '127.0.0.1', port: postgres.port }, async (at, die) => {
        if (at !== step) return;
        dead = crash(step % WHOLE_SERVER_EVERY === offset);
        die();
      });
      const outcome = await load(argv, proxy.port, runId).then(
        () => 'succeeded',
        () => 'failed',
      );
      await proxy.close();
      if (dead.length > 0) await recover(dead);
      const found = (await read(content)).content;
      expect([`version ${before} ${ROWS}`, `version ${step} ${ROWS}`]).toContain(found);
      const published = `select exists (select 1 from bronze.ingestion_audit where status = 'success' and attempt_id like '${runId}/%') as yes`;
      const isNew = found === `version ${step} ${ROWS}`;
      expect(await read(published)).toEqual({ yes: isNew });
      if (outcome === 'succeeded') expect(isNew).toBe(true);
      await load(argv, postgres.port, runId);
      expect((await read(content)).content).toBe(`version ${step} ${ROWS}`);
      expect(await read("select count(*)::int as n from bronze.ingestion_audit where status = 'running'")).toEqual({
        n: 0,
      });
      before = step;
      if (dead.length === 0) return expect(step).toBeGreaterThan(20);
    }
  },
  MANY_CRASHES_MS,
);

it('leaves no stage of the dead behind', async () => {
  await waitFor('one part for each table', 5_000, async () => {
    const { n } = await read("select count(*)::int as n from pg_tables where schemaname = 'bronze_parts'");
    return n === 2;
  });
});
