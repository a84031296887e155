// What happens at once: loads of both kinds, replays, one batch in two attempts, and changes of the source while an
// increment is read.
import type { MockTable, TdsConnection } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness, type Variables } from './testing/ingestion-harness.ts';

const ITEMS: MockTable = {
  schema: 'dbo',
  name: 'Items',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Name', type: 'nvarchar(40)' },
    { name: 'Amount', type: 'decimal(9,2)' },
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  rows: Array.from({ length: 20 }, (_, id) => [id, 'one', '1.50', Buffer.from([0, 0, 0, 0, 0, 0, 0, id + 1])]),
};
const INCREMENT = ['--mode', 'incremental', '--schema-policy', 'evolve'];

let world: IngestionHarness;
let source: TdsConnection;
/** Called once, when the rows of an increment have been asked for and none has come. */
let onWindow: (() => Promise<unknown>) | undefined;
/** Called once, when everything about the table is known and its rows will be asked for next. */
let onPlanned: (() => Promise<unknown>) | undefined;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [ITEMS],
    faults: {
      beforeRows: async (sql) => {
        if (sql.includes(' WHERE [RowVer]')) await callOnce('window');
        if (sql.includes('MIN_ACTIVE_ROWVERSION')) await callOnce('planned');
      },
    },
  });
  source = await world.openSource();
  await ingest(INCREMENT);
});

afterEach(async () => {
  onWindow = undefined;
  onPlanned = undefined;
  await world.close();
});

async function callOnce(moment: 'window' | 'planned'): Promise<void> {
  const call = moment === 'window' ? onWindow : onPlanned;
  if (moment === 'window') onWindow = undefined;
  else onPlanned = undefined;
  await call?.();
}

const ingest = (options: readonly string[] = [], env: Variables = {}): Promise<string[]> =>
  world.run(['ingest-table', 'Items', ...options], env);
const change = (sql: string): Promise<unknown> => source.query(sql);
const readContent = (): Promise<unknown> =>
  world.readRow(
    "select string_agg(distinct name, ',') as names, string_agg(distinct amount::text, ',') as amounts, count(*)::int as rows from bronze.dbo_items",
  );
const readLeftovers = (): Promise<unknown> =>
  world.readRow(
    `select (select count(*)::int from bronze.ingestion_audit where status = 'running') as running,
            (select count(*)::int from pg_tables where schemaname = 'bronze_parts') as parts`,
  );

describe('at once', () => {
  it('a snapshot and increments of one table leave what one after the other leaves, and miss no later change', async () => {
    for (let round = 0; round < 3; round++) {
      await change(`UPDATE dbo.Items SET Name = 'round ${round}'`);
      await Promise.all([ingest(INCREMENT), ingest(), ingest(INCREMENT), ingest()]);
      expect(await readContent()).toEqual({ names: `round ${round}`, amounts: '1.50', rows: 20 });
      await change(`UPDATE dbo.Items SET Name = 'after ${round}' WHERE Id = 3`);
      await ingest(INCREMENT);
      expect(await world.readRow('select name from bronze.dbo_items where id = 3')).toEqual({ name: `after ${round}` });
    }
    expect(await readLeftovers()).toEqual({ running: 0, parts: 1 });
    const audit = await world.bronze.query('select distinct status from bronze.ingestion_audit');
    expect(audit.rows).toEqual([{ status: 'success' }]);
  });

  it.each([
    ['snapshot', []],
    ['increment', INCREMENT],
  ] as const)('two attempts of one batch, a %s: one loads it, the other finds it', async (_kind, options) => {
    await change("UPDATE dbo.Items SET Name = 'changed'");
    const task = { TOWPATH_RUN_ID: 'run-1', TOWPATH_TASK_ID: 'items' };
    const attempts = ['1', '2', '3'].map((attempt) => ingest(options, { ...task, TOWPATH_ATTEMPT: attempt }));
    const last = (await Promise.all(attempts)).map((lines) => lines.at(-1) ?? '');
    expect(last.filter((line) => line.includes('was published before'))).toHaveLength(2);
    expect(await readContent()).toMatchObject({ names: 'changed', rows: 20 });
    const { rows } = await world.bronze.query("select 1 from bronze.ingestion_audit where attempt_id like 'run-1/%'");
    expect(rows).toHaveLength(1);
  });

  it('a load and a replay of one table: the replayed row is there once', async () => {
    await change('ALTER TABLE dbo.Items ADD SeenAt datetime2(7)');
    await change("UPDATE dbo.Items SET SeenAt = '2024-01-02 03:04:05.1234567' WHERE Id = 7");
    const load = (): Promise<string[]> => ingest([...INCREMENT, '--bad-rows', 'quarantine']);
    await load();
    await world.run(['quarantine', 'fix', '1', '--set', 'seenat=2024-01-02']);
    await Promise.all([load(), world.run(['quarantine', 'replay', 'bronze.dbo_items']), load()]);
    expect(
      await world.readRow('select count(*)::int as n, max(seenat)::text as seen from bronze.dbo_items where id = 7'),
    ).toEqual({ n: 1, seen: '2024-01-02 00:00:00' });
    expect(await readLeftovers()).toEqual({ running: 0, parts: 1 });
  });
});

describe('a change of the source while an increment is read', () => {
  it('another type, asked for but not read: the increment is whole, the next load reads everything', async () => {
    await change("UPDATE dbo.Items SET Name = 'two'");
    onWindow = () => change('ALTER TABLE dbo.Items ALTER COLUMN Amount decimal(12,3)');
    await ingest(INCREMENT);
    expect(await readContent()).toEqual({ names: 'two', amounts: '1.50', rows: 20 });
    await ingest(INCREMENT);
    expect(await readContent()).toEqual({ names: 'two', amounts: '1.500', rows: 20 });
  });

  it.each([
    ['another type', 'ALTER TABLE dbo.Items ALTER COLUMN Amount decimal(12,3)'],
    ['a column gone', 'ALTER TABLE dbo.Items DROP COLUMN Amount'],
    ['a column renamed', "EXEC sp_rename 'dbo.Items.Amount', 'Total', 'COLUMN'"],
    ['the table gone', 'DROP TABLE dbo.Items'],
  ])('%s, planned but not asked for: nothing changes, the cursor neither', async (_what, sql) => {
    await change("UPDATE dbo.Items SET Name = 'two'");
    const cursor = await world.readRow('select cursor_text from bronze.ingestion_target');
    onPlanned = () => change(sql);
    await expect(ingest(INCREMENT)).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MOVING' });
    expect(await readContent()).toEqual({ names: 'one', amounts: '1.50', rows: 20 });
    expect(await world.readRow('select cursor_text from bronze.ingestion_target')).toEqual(cursor);
    expect(await readLeftovers()).toEqual({ running: 0, parts: 1 });
  });
});
