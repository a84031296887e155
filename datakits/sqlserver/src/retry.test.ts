import { createServer } from 'node:net';
import * as testkit from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { retryPassing } from './ingest/retry-passing.ts';
import { waitSecondsBefore } from './settings/retry-policy.ts';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

const NOW = { BRONZE_RETRY_COUNT: '2', BRONZE_RETRY_DELAY: '0' };

let world: IngestionHarness;
let cuts = 0;
let beforeRows: (() => Promise<void>) | undefined;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, {
    faults: {
      beforeRows: async (sql) => (sql.startsWith('SELECT [') ? beforeRows?.() : undefined),
      dropConnectionAfterRows: (sql) => (sql.startsWith('SELECT [') && cuts-- > 0 ? 3 : undefined),
    },
  });
});

afterEach(async () => {
  cuts = 0;
  beforeRows = undefined;
  await world.close();
});

const load = (env: Record<string, string> = NOW, signal?: AbortSignal): Promise<string[]> =>
  world.run(['ingest-table', 'Products'], env, signal);
const readAudit = async (): Promise<unknown[]> =>
  (await world.bronze.query('select status, batch_id from bronze.ingestion_audit order by audit_id')).rows;

it('a source that goes away midway is read again, as the same batch, with an audit row for each try', async () => {
  cuts = 2;
  const lines = await load();
  expect(lines.filter((line) => line.includes('Try '))).toEqual([
    expect.stringMatching(/^dbo\.Products: TDS_CONNECTION_LOST: .+ Try 2 of 3 in 0 s$/),
    expect.stringMatching(/^dbo\.Products: TDS_CONNECTION_LOST: .+ Try 3 of 3 in 0 s$/),
  ]);
  const audit = await readAudit();
  expect(audit).toMatchObject([{ status: 'failed' }, { status: 'failed' }, { status: 'success' }]);
  expect(new Set(audit.map((row) => (row as { batch_id: string }).batch_id)).size).toBe(1);
});

it('without a count, and after the last of them, the error is told', async () => {
  cuts = 1;
  await expect(load({})).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
  cuts = 3;
  await expect(load()).rejects.toMatchObject({ code: 'TDS_CONNECTION_LOST' });
  expect(await readAudit()).toHaveLength(4);
});

it('a warehouse that drops its sessions midway is tried again', async () => {
  beforeRows = async () => {
    beforeRows = undefined;
    await world.bronze.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'datakit-sqlserver' and datname = current_database()",
    );
  };
  expect((await load()).join('\n')).toContain('BRONZE_CONNECTION_LOST');
  expect(await readAudit()).toMatchObject([{ status: 'failed' }, { status: 'success' }]);
});

it('a connection that is refused is tried again, for the list of all tables too', async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  const closed = String(typeof address === 'object' ? address?.port : '');
  await expect(world.run(['ingest-table', 'Products'], { ...NOW, MSSQL_PORT: closed })).rejects.toMatchObject({
    code: 'TDS_CONNECT_FAILED',
  });
  await expect(world.run(['ingest-all'], { ...NOW, MSSQL_PORT: closed })).rejects.toMatchObject({
    code: 'TDS_CONNECT_FAILED',
  });
  await expect(world.run(['ingest-table', 'Products'], { ...NOW, BRONZE_PORT: closed })).rejects.toMatchObject({
    code: 'BRONZE_UNREACHABLE',
  });
  expect(await readAudit()).toMatchObject([{ status: 'failed' }, { status: 'failed' }, { status: 'failed' }]);
});

it('what does not pass by itself is tried once', async () => {
  await expect(world.run(['ingest-table', 'Produce'], NOW)).rejects.toMatchObject({ code: 'SOURCE_TABLE_UNKNOWN' });
  await expect(world.run(['ingest-table', 'Products'], { ...NOW, MSSQL_PASSWORD: 'wrong' })).rejects.toMatchObject({
    code: 'TDS_LOGIN_FAILED',
  });
  expect(await readAudit()).toHaveLength(2);
});

it('a cancellation ends the wait at once', async () => {
  const controller = new AbortController();
  cuts = 1;
  const printed: string[] = [];
  const policy = { count: 1, delaySeconds: 3_600, backoff: 1 };
  const waiting = retryPassing(
    'dbo.Products',
    {
      policy,
      signal: controller.signal,
      print: (line) => {
        printed.push(line);
        controller.abort(new Error('cancelled by the test'));
      },
    },
    () => load({}),
  );
  await expect(waiting).rejects.toThrow('cancelled by the test');
  expect(printed).toHaveLength(1);
});

it('each wait is longer than the one before, up to an hour', () => {
  const policy = { count: 20, delaySeconds: 5, backoff: 2 };
  expect([1, 2, 3, 20].map((number) => waitSecondsBefore(policy, number))).toEqual([5, 10, 20, 3_600]);
});

it('settings that are none are reported together', async () => {
  const wrong = { BRONZE_RETRY_COUNT: '-1', BRONZE_RETRY_DELAY: '1e9', BRONZE_RETRY_BACKOFF: '0.5' };
  await expect(load(wrong)).rejects.toMatchObject({
    code: 'SETTINGS_INVALID',
    message: expect.stringMatching(/BRONZE_RETRY_COUNT.+BRONZE_RETRY_DELAY.+BRONZE_RETRY_BACKOFF/),
  });
});
