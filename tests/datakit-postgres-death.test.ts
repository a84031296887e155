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
 * Every third message, since each costs a crash, a recovery and two loads: a second on a quiet machine, five on a busy one.
 * The datakit's own death is tried at every message (datakits/sqlserver/src/death-at-every-step.test.ts); of the server
 * the commits and what lies between them matter, and the two kinds begin at different messages.
 */
const STRIDE = 3;
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
  postgres = await startEmbeddedPostgres({ folder, preferredPort: 0 });
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, seed: [ITEMS] });
});

afterAll(async () => {
  await mock.close();
  await postgres.stop();
});

/** kill -9 to the server and all its processes, as a machine that loses them does; then a start that recovers. */
async function crash(): Promise<void> {
  const pids = [postgres.pid, ...listDescendants(postgres.pid).map(({ pid }) => pid)];
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
}

async function recover(): Promise<void> {
  postgres.leave();
  const { port } = postgres;
  postgres = await waitFor('PostgreSQL to recover', RECOVERY_MS, () =>
    startEmbeddedPostgres({ folder, preferredPort: port }),
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
  ['snapshot', 1, ['ingest-table', 'Items', '--target-table', 'items_whole']],
  ['incremental', 2, ['ingest-table', 'Items', '--target-table', 'items_changes', '--mode', 'incremental']],
] as const)(
  'A93 process: kill -9 of PostgreSQL during a %s, from message %i on: what it recovers is the old or the new content, and the audit agrees',
  async (kind, first, argv) => {
    const [, , , table] = argv;
    const content = CONTENT.replace('dbo_items', table);
    await changeSource(0);
    await load(argv, postgres.port, `${kind}-0`);
    let before = 0;
    for (let step: number = first; ; step += STRIDE) {
      await changeSource(step);
      const runId = `${kind}-${step}`;
      let hasCrashed = false;
      const proxy = await startStepProxy({ host: '127.0.0.1', port: postgres.port }, async (at, die) => {
        if (at !== step) return;
        hasCrashed = true;
        await crash();
        die();
      });
      const outcome = await load(argv, proxy.port, runId).then(
        () => 'succeeded',
        () => 'failed',
      );
      await proxy.close();
      if (hasCrashed) await recover();
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
      if (!hasCrashed) return expect(step).toBeGreaterThan(20);
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
