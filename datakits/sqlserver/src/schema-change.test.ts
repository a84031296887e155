import type { MockTable, TdsConnection } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

const ITEMS: MockTable = {
  schema: 'dbo',
  name: 'Items',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Name', type: 'nvarchar(40)' },
    { name: 'Amount', type: 'decimal(9,2)' },
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  rows: [
    [1, 'one', '1.50', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1])],
    [2, 'two', '2.50', Buffer.from([0, 0, 0, 0, 0, 0, 0, 2])],
  ],
};

let world: IngestionHarness;
let source: TdsConnection;
let beforeRows: ((sql: string) => Promise<void>) | undefined;
let onStatement: ((sql: string) => void) | undefined;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [ITEMS],
    faults: { beforeRows: (sql) => beforeRows?.(sql) },
    onStatement: ({ sql, login }) => {
      if (login === 'reader') onStatement?.(sql);
    },
  });
  source = await world.openSource();
  await ingest();
});

afterEach(async () => {
  beforeRows = undefined;
  onStatement = undefined;
  await world.close();
});

const ingest = (...options: string[]): Promise<string[]> => world.run(['ingest-table', 'Items', ...options]);
const alter = (sql: string): Promise<unknown> => source.query(`ALTER TABLE dbo.Items ${sql}`);
const readRows = async (): Promise<unknown[]> =>
  (await world.bronze.query('select * from bronze.dbo_items order by id')).rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_') && name !== 'rowver')),
  );
const readAudit = (): Promise<Record<string, unknown>> =>
  world.readRow('select status, schema_changes from bronze.ingestion_audit order by audit_id desc limit 1');

const OLD = [
  { id: 1, name: 'one', amount: '1.50' },
  { id: 2, name: 'two', amount: '2.50' },
];

describe('--schema-policy fail, the default', () => {
  it.each([
    ['a new column', 'ADD Colour varchar(10)', /colour \(text\) is new/],
    ['a column that is gone', 'DROP COLUMN Name', /name is gone/],
    ['another type', 'ALTER COLUMN Amount decimal(12,2)', /amount was numeric\(9,2\) and is numeric\(12,2\)/],
  ])('refuses %s, and the old data stays', async (_what, sql, message) => {
    await alter(sql);
    await expect(ingest()).rejects.toMatchObject({
      code: 'SOURCE_SCHEMA_CHANGED',
      message: expect.stringMatching(message),
      fix: expect.stringContaining('--schema-policy'),
    });
    expect(await readRows()).toEqual(OLD);
    expect(await readAudit()).toMatchObject({ status: 'failed' });
  });
});

describe('--schema-policy freeze', () => {
  it('loads the columns that bronze has, says which it leaves out, and gives NULL to those that are gone', async () => {
    await alter('ADD Colour varchar(10)');
    await alter('DROP COLUMN Name');
    const lines = await ingest('--schema-policy', 'freeze');
    expect(lines[1]).toBe('dbo.Items: the source has changed: colour (text) is new, name is gone');
    expect(await readRows()).toEqual(OLD.map((row) => ({ ...row, name: null })));
    expect(await readAudit()).toEqual({ status: 'success', schema_changes: 'colour (text) is new, name is gone' });
  });

  it('refuses another type', async () => {
    await alter('ALTER COLUMN Amount decimal(12,2)');
    await expect(ingest('--schema-policy', 'freeze')).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_CHANGED' });
    expect(await readRows()).toEqual(OLD);
  });
});

describe('--schema-policy evolve', () => {
  const evolve = (...options: string[]): Promise<string[]> => ingest('--schema-policy', 'evolve', ...options);

  it('adds columns, changes types and keeps what is gone as NULL; views, indexes and grants stay', async () => {
    await world.bronze.query('create view public.names as select id, name from bronze.dbo_items');
    await world.bronze.query('create index by_amount on bronze.dbo_items (amount)');
    await alter('ADD Colour varchar(10)');
    await alter('DROP COLUMN Name');
    await alter('ALTER COLUMN Amount decimal(12,3)');
    await source.query("UPDATE dbo.Items SET Colour = 'red' WHERE Id = 1");
    await evolve();
    expect(await readRows()).toEqual([
      { id: 1, name: null, amount: '1.500', colour: 'red' },
      { id: 2, name: null, amount: '2.500', colour: null },
    ]);
    expect((await world.bronze.query('select * from public.names')).rows).toHaveLength(2);
    expect(await world.readRow("select count(*)::int as n from pg_indexes where indexname = 'by_amount'")).toEqual({
      n: 1,
    });
    await evolve();
    expect(await readRows()).toHaveLength(2);
  });

  it('says what to drop when a view holds a column whose type changes, and the old data stays', async () => {
    await world.bronze.query('create view public.totals as select sum(amount) as total from bronze.dbo_items');
    await alter('ALTER COLUMN Amount decimal(12,3)');
    await expect(evolve()).rejects.toMatchObject({
      code: 'SCHEMA_EVOLVE_BLOCKED',
      message: expect.stringContaining('amount'),
      reason: expect.stringMatching(/view/),
    });
    expect(await readRows()).toEqual(OLD);
    expect(await world.readRow("select count(*)::int as n from pg_tables where schemaname = 'bronze_parts'")).toEqual({
      n: 1,
    });
  });

  it('an incremental table is read whole again when a column comes, since old rows may have a value in it', async () => {
    await evolve('--mode', 'incremental');
    await alter("ADD Colour varchar(10) NOT NULL DEFAULT 'grey'");
    await evolve('--mode', 'incremental');
    expect(await readRows()).toEqual(OLD.map((row) => ({ ...row, colour: 'grey' })));
    await evolve('--mode', 'incremental');
    expect(
      await world.readRow('select rows_read::int as read from bronze.ingestion_audit order by audit_id desc limit 1'),
    ).toEqual({ read: 0 });
  });
});

describe('a change of the source while it is being read', () => {
  it('between description and rows: nothing is published, and the next run sees the new columns', async () => {
    onStatement = (sql) => {
      // The catalogue is asked right before the rows are.
      if (!sql.includes('sys.partitions')) return;
      onStatement = undefined;
      beforeRows = async () => {
        beforeRows = undefined;
        await alter('ALTER COLUMN Amount decimal(12,3)');
      };
    };
    await expect(ingest('--schema-policy', 'evolve')).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MOVING' });
    expect(await readRows()).toEqual(OLD);
    await ingest('--schema-policy', 'evolve');
    expect(await readRows()).toEqual(OLD.map((row) => ({ ...row, amount: `${row.amount}0` })));
  });

  it('while rows come: what was begun is whole, in its own columns', async () => {
    beforeRows = async (sql) => {
      if (!sql.startsWith('SELECT [Id], [Name]')) return;
      beforeRows = undefined;
      await alter('ADD Colour varchar(10)');
    };
    await ingest();
    expect(await readRows()).toEqual(OLD);
    await expect(ingest()).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_CHANGED' });
  });

  it('a table dropped before its rows are read leaves the old data', async () => {
    beforeRows = async (sql) => {
      if (!sql.includes('sys.partitions')) return;
      beforeRows = undefined;
      await source.query('DROP TABLE dbo.Items');
    };
    await expect(ingest()).rejects.toMatchObject({ code: 'SOURCE_SCHEMA_MOVING' });
    expect(await readRows()).toEqual(OLD);
    await expect(ingest()).rejects.toMatchObject({ code: 'SOURCE_TABLE_UNKNOWN' });
  });
});
