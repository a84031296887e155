import { createServer } from 'node:net';
import type { MockTable } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from './testing/cutting-proxy.ts';
import { type IngestionHarness, startIngestionHarness, type Variables } from './testing/ingestion-harness.ts';

// Large enough that a load takes some hundred milliseconds, which is long beside the time a signal needs.
const ROWS = 100_000;
const NUMBERS: MockTable = {
  schema: 'dbo',
  name: 'Numbers',
  columns: [
    { name: 'Id', type: 'int', nullable: false },
    { name: 'Name', type: 'nvarchar(100)' },
  ],
  rows: Array.from({ length: ROWS }, (_, index) => [index, `a name that takes some room on the wire, number ${index}`]),
};
const isLoad = (sql: string): boolean => sql.startsWith('SELECT [Id], [Name]');

let world: IngestionHarness;
let dropAfterRows: number | undefined;
let onLoad: (() => void) | undefined;
let before: unknown;

beforeAll(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [NUMBERS],
    faults: { dropConnectionAfterRows: (sql) => (isLoad(sql) ? dropAfterRows : undefined) },
    onStatement: ({ sql }) => {
      if (isLoad(sql)) onLoad?.();
    },
  });
  await world.run(['ingest-table', 'Numbers']);
  before = await readContent();
});

afterEach(() => {
  dropAfterRows = undefined;
  onLoad = undefined;
});

afterAll(async () => {
  await world.close();
});

const readContent = (): Promise<unknown> =>
  world.readRow(
    'select count(*)::int as count, min(_batch_id::text) as first, max(_batch_id::text) as last from bronze.dbo_numbers',
  );
const readLastAudit = (): Promise<Record<string, unknown>> =>
  world.readRow('select status, error_message, rows_loaded from bronze.ingestion_audit order by audit_id desc limit 1');
const countSuccesses = async (): Promise<unknown> =>
  (await world.readRow("select count(*)::int as n from bronze.ingestion_audit where status = 'success'")).n;
const countParts = async (): Promise<unknown> =>
  (await world.readRow("select count(*)::int as n from pg_tables where schemaname = 'bronze_parts'")).n;

/** Runs the real program to its end. */
async function runProgram(
  argv: readonly string[],
  env: Variables = {},
): Promise<{ code: number | null; stderr: string }> {
  const child = await world.spawn(argv, env);
  const { code } = await child.waitForExit();
  return { code, stderr: child.stderr() };
}

async function expectPreviousData(): Promise<void> {
  expect(await readContent()).toEqual(before);
  expect(await countParts()).toBe(1);
}

/** Keeps the published table in use, so that an ingestion stands still between load and publishing. */
async function holdTable(): Promise<{ waitUntilLoaded(): Promise<void>; letGo(): Promise<void> }> {
  const reader = await world.connect();
  await reader.query('begin');
  await reader.query('select 1 from bronze.dbo_numbers limit 1');
  return {
    waitUntilLoaded: async () => {
      await testkit.waitFor('the ingestion to wait for the reader', 20_000, async () => {
        const waiting = await world.readRow(
          "select count(*)::int as n from pg_locks where mode = 'AccessExclusiveLock' and not granted and database = (select oid from pg_database where datname = current_database())",
        );
        return waiting.n === 1;
      });
    },
    letGo: async () => {
      await reader.query('rollback');
      await reader.end();
    },
  };
}

describe('failure midway', () => {
  it('A32 a source that goes away midway leaves the previous complete data, and the audit says failed', async () => {
    dropAfterRows = ROWS / 2;
    const { code, stderr } = await runProgram(['ingest-table', 'Numbers']);
    expect(stderr).toMatch(/^error TDS_CONNECTION_LOST: .+\n {2}why: .+\n {2}fix: .+/);
    expect(code).toBe(75);
    await expectPreviousData();
    expect(await readLastAudit()).toMatchObject({
      status: 'failed',
      error_message: expect.stringContaining('TDS_CONNECTION_LOST'),
    });
  });

  it.each([
    ['bronze.ingestion_target', 'update'],
    ['bronze.ingestion_audit', 'insert'],
    ['bronze.ingestion_audit', 'update'],
  ])(
    'A93 process: %s that refuses an %s fails the ingestion, says so, and leaves the previous data',
    async (table, event) => {
      const successes = await countSuccesses();
      await world.bronze.query(`
        create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'control is broken'; end $$;
        create trigger refuse before ${event} on ${table} for each row execute function public.refuse()`);
      const { code, stderr } = await runProgram(['ingest-table', 'Numbers']).finally(() =>
        world.bronze.query('drop function public.refuse cascade'),
      );
      expect(code).not.toBe(0);
      expect(stderr).toContain('control is broken');
      expect(await readContent()).toEqual(before);
      expect(await countSuccesses()).toBe(successes);
      // It does not hold up the next one, which drops what it left.
      await world.run(['ingest-table', 'Numbers']);
      before = await readContent();
      await expectPreviousData();
    },
  );

  it('A32 kill -9 during the load leaves the previous data; the next attempt closes its audit row', async () => {
    const child = await world.spawn(['ingest-table', 'Numbers'], { TOWPATH_ATTEMPT: 'killed-loading' });
    onLoad = () => child.kill('SIGKILL');
    await child.waitForExit();
    onLoad = undefined;
    expect(await readContent()).toEqual(before);
    expect(await readLastAudit()).toMatchObject({ status: 'running' });
    await world.run(['ingest-table', 'Numbers']);
    const killed = await world.readRow(
      "select status, error_message from bronze.ingestion_audit where attempt_id = 'killed-loading'",
    );
    expect(killed).toMatchObject({ status: 'failed', error_message: expect.stringContaining('INGEST_ABANDONED') });
    before = await readContent();
    await expectPreviousData();
  });

  it('A32 kill -9 between load and publishing leaves the previous data; the next attempt drops the stage', async () => {
    const table = await holdTable();
    const child = await world.spawn(['ingest-table', 'Numbers']);
    await table.waitUntilLoaded();
    child.kill('SIGKILL');
    await child.waitForExit();
    await table.letGo();
    expect(await readContent()).toEqual(before);
    expect(await countParts()).toBe(2);
    await world.run(['ingest-table', 'Numbers']);
    before = await readContent();
    await expectPreviousData();
  });

  it('A32 a warehouse that cuts the connections midway leaves the previous data', async () => {
    const cut = Promise.withResolvers<unknown>();
    onLoad = () => {
      const sql =
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'datakit-sqlserver' and datname = current_database()";
      cut.resolve(world.bronze.query(sql));
    };
    const { code, stderr } = await runProgram(['ingest-table', 'Numbers']);
    await cut.promise;
    expect(stderr).toMatch(/^error BRONZE_CONNECTION_LOST: /);
    expect(code).toBe(75);
    await expectPreviousData();
    expect(await readLastAudit()).toMatchObject({ status: 'failed' });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s during the load cancels it: rolled back, audited, exit code of the signal',
    async (signal) => {
      const child = await world.spawn(['ingest-table', 'Numbers']);
      onLoad = () => child.kill(signal);
      const { code } = await child.waitForExit();
      expect(code).toBe(signal === 'SIGTERM' ? 143 : 130);
      expect(child.stderr()).toMatch(/^error INGEST_CANCELLED: /);
      await expectPreviousData();
      expect(await readLastAudit()).toMatchObject({ status: 'failed', error_message: 'cancelled' });
      await testkit.waitFor('the source to see the connection end', 5_000, () => world.mock.connections === 0);
    },
  );

  it('SIGTERM while publishing waits cancels it too', async () => {
    const table = await holdTable();
    const child = await world.spawn(['ingest-table', 'Numbers']);
    await table.waitUntilLoaded();
    child.kill('SIGTERM');
    expect((await child.waitForExit()).code).toBe(143);
    await table.letGo();
    await expectPreviousData();
    expect(await readLastAudit()).toMatchObject({ status: 'failed', error_message: 'cancelled' });
  });
});

describe('a lost answer to COMMIT', () => {
  it('A32 is asked again: the batch is there, so the ingestion has succeeded', async () => {
    const proxy = await startCuttingProxy(
      { host: world.env.BRONZE_HOST ?? '', port: Number(world.env.BRONZE_PORT) },
      { after: 'attach partition', loseAnswerTo: 'commit' },
    );
    const task = { TOWPATH_RUN_ID: 'run-1', TOWPATH_TASK_ID: 'lost-answer' };
    try {
      const lines = await world.run(['ingest-table', 'Numbers'], { ...task, BRONZE_PORT: String(proxy.port) });
      expect(proxy.cuts).toBe(1);
      expect(lines.at(-1)).toContain(`${ROWS} read = ${ROWS} loaded + 0 quarantined`);
    } finally {
      await proxy.close();
    }
    before = await readContent();
    expect(await readLastAudit()).toMatchObject({ status: 'success' });
    expect((await world.run(['ingest-table', 'Numbers'], task)).at(-1)).toContain('published before');
    await expectPreviousData();
  });
});

describe('what can not begin', () => {
  it('a wrong source password is a configuration error, in three lines without the password', async () => {
    const { code, stderr } = await runProgram(['ingest-table', 'Numbers'], { MSSQL_PASSWORD: 'not-the-password' });
    expect(stderr).toMatch(/^error TDS_LOGIN_FAILED: .+\n {2}why: .+\n {2}fix: .+\n$/);
    expect(stderr).not.toContain('not-the-password');
    expect(code).toBe(78);
    expect(await readLastAudit()).toMatchObject({
      status: 'failed',
      error_message: expect.stringContaining('TDS_LOGIN_FAILED'),
    });
  });

  it('an unknown table is a configuration error that names the nearest', async () => {
    const { code, stderr } = await runProgram(['ingest-table', 'dbo.Nmubers']);
    expect(stderr).toMatch(
      /^error SOURCE_TABLE_UNKNOWN: .+dbo\.Nmubers.+\n {2}why: There is dbo\.Numbers\.\n {2}fix: .+discover/,
    );
    expect(code).toBe(78);
  });

  it('a source that refuses the connection is tried again', async () => {
    const { code, stderr } = await runProgram(['ingest-table', 'Numbers'], {
      MSSQL_PORT: String(await findClosedPort()),
    });
    expect(stderr).toMatch(/^error TDS_CONNECT_FAILED: /);
    expect(code).toBe(75);
  });

  it('a warehouse that refuses the connection is tried again', async () => {
    const { code, stderr } = await runProgram(['ingest-table', 'Numbers'], {
      BRONZE_PORT: String(await findClosedPort()),
    });
    expect(stderr).toMatch(/^error BRONZE_UNREACHABLE: .+\n {2}why: .+\n {2}fix: .+BRONZE_PORT/);
    expect(code).toBe(75);
  });

  it('an unknown warehouse database is a configuration error', async () => {
    const { code, stderr } = await runProgram(['ingest-table', 'Numbers'], { BRONZE_DATABASE: 'nowhere' });
    expect(stderr).toMatch(/^error BRONZE_DATABASE_UNKNOWN: /);
    expect(code).toBe(78);
  });

  it('a wrong password and a database that host rules keep closed are told apart, each with the variables to look at', async () => {
    const wrong = await runProgram(['ingest-table', 'Numbers'], { BRONZE_PASSWORD: 'not-this-one' });
    expect(wrong.stderr).toMatch(/^error BRONZE_LOGIN_FAILED: [\s\S]+fix: Check BRONZE_USER and BRONZE_PASSWORD\.\n/);
    const closed = await runProgram(['ingest-table', 'Numbers'], { BRONZE_USER: 'somebody' });
    expect(closed.stderr).toMatch(
      /^error BRONZE_ACCESS_REFUSED: .+no password was asked for\.[\s\S]+fix: .*BRONZE_DATABASE/,
    );
    expect([wrong.code, closed.code]).toEqual([78, 78]);
  });

  it('missing variables are reported together', async () => {
    const { code, stderr } = await runProgram(['validate-env'], {
      MSSQL_SERVER: undefined,
      BRONZE_HOST: '',
      MSSQL_PORT: '99999',
    });
    expect(stderr).toMatch(/^error SETTINGS_INVALID: .+3 problems: MSSQL_SERVER .+MSSQL_PORT .+BRONZE_HOST /);
    expect(code).toBe(78);
  });

  it('an unknown command names the nearest one', async () => {
    const { code, stderr } = await runProgram(['ingest-tabel', 'Numbers']);
    expect(stderr).toMatch(/^error USAGE_INVALID: .+ingest-tabel.+\n {2}why: .+ingest-table/);
    expect(code).toBe(78);
  });

  it.each([[[]], [['quarantine']]])('no command at all says so, after the help: %j', async (argv) => {
    const { code, stderr } = await runProgram(argv);
    expect(stderr).toMatch(/^error USAGE_INVALID: .+ it names no command$/m);
    expect(code).toBe(78);
  });

  it('a command without its argument says so', async () => {
    const { code, stderr } = await runProgram(['ingest-table']);
    expect(stderr).toMatch(/^error USAGE_INVALID: .+table/);
    expect(code).toBe(78);
  });
});

/** A port nothing listens on: one that was free a moment ago. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
