import type { MockTable, TdsConnection } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, type SpawnedProcess, startIngestionHarness } from './testing/ingestion-harness.ts';
import { startStepProxy } from './testing/step-proxy.ts';

const ROWS = 40;
const ITEMS: MockTable = {
  schema: 'dbo',
  name: 'Items',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Name', type: 'nvarchar(max)' },
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  // Some 100 KiB, so that rows travel in a dozen packets.
  rows: Array.from({ length: ROWS }, (_, id) => [id, 'x'.repeat(1_200), Buffer.from([0, 0, 0, 0, 0, 0, 0, id])]),
};
/** Its seventh digit keeps it out of bronze until somebody mends it. */
const READINGS: MockTable = {
  schema: 'dbo',
  name: 'Readings',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'SeenAt', type: 'datetime2(7)' },
  ],
  rows: [
    [1, '2024-01-02 03:04:05.0000000'],
    [2, '2024-01-02 03:04:05.1234567'],
  ],
};
/** Each of some forty steps costs two loads and a process; with other tests on two cores that takes longer than one test may usually. */
const MANY_LOADS_MS = 600_000;

let world: IngestionHarness;
let source: TdsConnection;
let cutAfterPackets: number | undefined;
let wasCut = false;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [ITEMS, READINGS],
    faults: {
      dropConnectionAfterPackets: (sql) => {
        if (cutAfterPackets === undefined || !sql.startsWith('SELECT [Id]')) return undefined;
        wasCut = true;
        return cutAfterPackets;
      },
    },
  });
  source = await world.openSource();
});

afterEach(async () => {
  cutAfterPackets = undefined;
  await world.close();
});

const MODES: readonly (readonly [string, readonly string[]])[] = [
  ['snapshot', []],
  ['incremental', ['--mode', 'incremental', '--deletes', 'compare']],
];

/** The one name that all rows have, and how many they are: more names would be half a content. */
const readContent = async (): Promise<unknown> =>
  (
    await world.readRow(
      "select string_agg(distinct left(name, 12), ',') || ' ' || count(*) as content from bronze.dbo_items",
    )
  ).content;
const changeSource = (n: number): Promise<unknown> => source.query(`UPDATE dbo.Items SET Name = 'version ${n}'`);

describe('kill -9 of the datakit at each of its messages to the warehouse', () => {
  it.each(MODES)(
    'A93 process: %s: readers see the old or the new rows, the audit says which, and the same batch can be run again',
    async (_mode, options) => {
      const argv = ['ingest-table', 'Items', ...options];
      await changeSource(0);
      await world.run(argv);
      for (let step = 1; ; step++) {
        const [before, after] = [`version ${step - 1} ${ROWS}`, `version ${step} ${ROWS}`];
        await changeSource(step);
        const task = { TOWPATH_RUN_ID: `run-${step}`, TOWPATH_TASK_ID: 'items' };
        const hasDied = await runUntil(step, argv, task);
        const content = await readContent();
        expect([before, after]).toContain(content);
        const audit = await world.bronze.query('select status from bronze.ingestion_audit where attempt_id like $1', [
          `run-${step}/%`,
        ]);
        expect(audit.rows.some(({ status }) => status === 'success')).toBe(content === after);
        await world.run(argv, task);
        expect(await readContent()).toBe(after);
        expect(await readLeftovers(step)).toEqual({ running: 0, published: 1, parts: 1 });
        if (!hasDied) return expect(step).toBeGreaterThan(20);
      }
    },
    MANY_LOADS_MS,
  );

  it(
    'a replay of quarantined rows: each row is in bronze once, or still waits to be replayed',
    async () => {
      const readRow = (): Promise<unknown> =>
        world.readRow(
          `select (select count(*)::int from bronze.dbo_readings where id = 2) as rows,
                  (select remediation_status from bronze.ingestion_quarantine order by quarantine_id desc limit 1) as state`,
        );
      const replay = ['quarantine', 'replay', 'bronze.dbo_readings'];
      for (let step = 1; ; step++) {
        // Another value each time, or the fix of the step before would be applied.
        const digit = String(step).padStart(6, '0');
        await source.query(`UPDATE dbo.Readings SET SeenAt = '2024-01-02 03:04:05.${digit}7' WHERE Id = 2`);
        await world.run(['ingest-table', 'Readings', '--bad-rows', 'quarantine']);
        const { id } = await world.readRow('select max(quarantine_id)::text as id from bronze.ingestion_quarantine');
        await world.run(['quarantine', 'fix', String(id), '--set', 'seenat=2024-01-02 03:04:05.123457']);
        const hasDied = await runUntil(step, replay, {});
        expect([
          { rows: 0, state: 'FIXED' },
          { rows: 1, state: 'REPLAYED' },
        ]).toContainEqual(await readRow());
        await world.run(replay);
        expect(await readRow()).toEqual({ rows: 1, state: 'REPLAYED' });
        if (!hasDied) return expect(step).toBeGreaterThan(8);
      }
    },
    MANY_LOADS_MS,
  );

  it(
    'a snapshot that applies a fix: the row is there with it, before and after, and its fix stands',
    async () => {
      const load = ['ingest-table', 'Readings', '--bad-rows', 'quarantine'];
      await world.run(load);
      await world.run(['quarantine', 'fix', '1', '--set', 'seenat=2024-05-06']);
      await world.run(load);
      const readRow = (): Promise<unknown> =>
        world.readRow(
          `select (select string_agg(seenat::text, ',') from bronze.dbo_readings where id = 2) as seen,
                  (select string_agg(remediation_status, ',') from bronze.ingestion_quarantine) as states,
                  (select count(*)::int from pg_tables where schemaname = 'bronze_parts') as parts`,
        );
      const whole = { seen: '2024-05-06 00:00:00', states: 'REPLAYED', parts: 1 };
      for (let step = 1; ; step++) {
        const task = { TOWPATH_RUN_ID: `run-${step}`, TOWPATH_TASK_ID: 'readings' };
        const hasDied = await runUntil(step, load, task);
        // A stage without an owner is dropped by the next attempt.
        expect(await readRow()).toMatchObject({ seen: whole.seen, states: whole.states });
        await world.run(load, task);
        expect(await readRow()).toEqual(whole);
        if (!hasDied) return expect(step).toBeGreaterThan(20);
      }
    },
    MANY_LOADS_MS,
  );

  /** True when the step was reached, and so nobody lived to see the end. */
  async function runUntil(step: number, argv: readonly string[], task: Record<string, string>): Promise<boolean> {
    let hasDied = false;
    const started = Promise.withResolvers<SpawnedProcess>();
    const proxy = await startStepProxy(
      { host: world.env.BRONZE_HOST ?? '', port: Number(world.env.BRONZE_PORT) },
      async (at, die) => {
        if (at !== step) return;
        hasDied = true;
        const datakit = await started.promise;
        datakit.kill('SIGKILL');
        await datakit.waitForExit();
        die();
      },
    );
    const datakit = await world.spawn(argv, { ...task, BRONZE_PORT: String(proxy.port) });
    started.resolve(datakit);
    const { code } = await datakit.waitForExit();
    if (!hasDied) expect(code, datakit.stderr()).toBe(0);
    await proxy.close();
    await waitUntilAlone();
    return hasDied;
  }

  // The server notices a closed connection a moment later; until then it may still hold the lock of the target.
  async function waitUntilAlone(): Promise<void> {
    await testkit.waitFor('the server to end the sessions of the dead', 10_000, async () => {
      const { n } = await world.readRow(
        "select count(*)::int as n from pg_stat_activity where application_name = 'datakit-sqlserver' and datname = current_database()",
      );
      return n === 0;
    });
  }

  function readLeftovers(step: number): Promise<Record<string, unknown>> {
    return world.readRow(
      `select (select count(*)::int from bronze.ingestion_audit where status = 'running') as running,
              (select count(*)::int from bronze.ingestion_audit where status = 'success' and attempt_id like 'run-${step}/%') as published,
              (select count(*)::int from pg_tables where schemaname = 'bronze_parts') as parts`,
    );
  }
});

describe('the source cut off at each packet of a table', () => {
  it.each(MODES)(
    'A93 process: %s: fails, publishes nothing, moves no cursor, and says so in the audit',
    async (_mode, options) => {
      const argv = ['ingest-table', 'Items', ...options];
      await changeSource(0);
      await world.run(argv);
      await source.query(`UPDATE dbo.Items SET Name = '${'y'.repeat(1_200)}'`);
      const cursor = 'select cursor_text from bronze.ingestion_target';
      const before = await world.readRow(cursor);
      for (let packets = 0; ; packets++) {
        cutAfterPackets = packets;
        wasCut = false;
        const code = await world.run(argv).then(
          () => undefined,
          (error) => error.code,
        );
        if (code === undefined) return expect(packets).toBeGreaterThan(5);
        expect([code, wasCut]).toEqual(['TDS_CONNECTION_LOST', true]);
        expect(await readContent()).toBe(`version 0 ${ROWS}`);
        expect(await world.readRow(cursor)).toEqual(before);
        const last = 'select status, error_message from bronze.ingestion_audit order by audit_id desc limit 1';
        expect(await world.readRow(last)).toMatchObject({
          status: 'failed',
          error_message: expect.stringContaining('TDS_CONNECTION_LOST'),
        });
      }
    },
    MANY_LOADS_MS,
  );
});
