// Names, shapes and sizes that nobody should have chosen.
import { MOCK_TABLES, type MockTable, type TdsConnection } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

const NAMES = [
  ...[
    'select',
    'order',
    'from',
    'user',
    'oid',
    'a"b',
    "it's",
    'two\nlines',
    'tab\there',
    ' lead',
    'trail ',
    ']][',
    '--',
  ],
  ...[
    '/* */',
    ';drop table x',
    '$1',
    '%s',
    '\\',
    '`',
    '🚢',
    '日本',
    'ÄÖÜ',
    '__proto__',
    'constructor',
    '#temp',
    '@x',
    '.',
  ],
];
const HOSTILE: MockTable = {
  schema: 'dbo',
  name: 'Hostile',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    ...NAMES.map((name) => ({ name, type: 'nvarchar(60)' })),
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  rows: [1, 2, 3].map((id) => [
    id,
    // The third row is bad in one column.
    ...NAMES.map((name) => (id === 3 && name === 'constructor' ? '\0' : `${name} of ${id}`)),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, id]),
  ]),
};
const LONG = 'x'.repeat(128);
const WIDE_COLUMNS = 1_024;

function wide(name: string, type: string, value: string | number): MockTable {
  const columns = Array.from({ length: WIDE_COLUMNS }, (_, at) => ({ name: `C${at}`, type }));
  return { schema: 'dbo', name, columns, rows: [columns.map(() => value), columns.map(() => null)] };
}

let world: IngestionHarness;
let source: TdsConnection;

beforeAll(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [
      ...MOCK_TABLES,
      HOSTILE,
      wide('Wide', 'int', 7),
      wide('TooWide', 'nvarchar(40)', 'some text'),
      { schema: 'dbo', name: 'Long', columns: [{ name: LONG, type: 'int' }], rows: [[1]] },
      { schema: 'o\'dd] "schema', name: 'a.b\n[c]', columns: [{ name: 'x', type: 'int' }], rows: [[5]] },
      { schema: 'dbo', name: '日本', columns: [{ name: 'x', type: 'int' }], rows: [] },
      { schema: 'dbo', name: '中国', columns: [{ name: 'x', type: 'int' }], rows: [] },
    ],
  });
  source = await world.openSource();
});

afterAll(async () => {
  await world.close();
});

const ingest = (...argv: string[]): Promise<string[]> => world.run(['ingest-table', ...argv]);
const readHostile = async (id: number): Promise<Record<string, unknown>> => {
  const { rows } = await world.bronze.query({
    text: 'select * from bronze.dbo_hostile where id = $1',
    values: [id],
    rowMode: 'array',
  });
  const fields = (await world.bronze.query('select * from bronze.dbo_hostile where false')).fields;
  return Object.fromEntries(fields.map(({ name }, at) => [name, rows[0]?.[at]]));
};
const expected = (id: number): [string, string][] => NAMES.map((name) => [name.toLowerCase(), `${name} of ${id}`]);

describe('names of columns', () => {
  it.each([
    ['a snapshot', []],
    ['an increment', ['--mode', 'incremental', '--deletes', 'compare']],
  ])('of any kind arrive by %s, and their bad rows are mended', async (_mode, options) => {
    const load = (): Promise<string[]> => ingest('Hostile', '--bad-rows', 'quarantine', ...options);
    await load();
    expect(Object.entries(await readHostile(2))).toEqual(expect.arrayContaining(expected(2)));
    const { id } = await world.readRow('select max(quarantine_id)::text as id from bronze.ingestion_quarantine');
    await expect(world.run(['quarantine', 'fix', String(id), '--set-null', 'oid'])).rejects.toMatchObject({
      code: 'QUARANTINE_FIX_INVALID',
      reason: expect.stringContaining('constructor'),
    });
    await world.run(['quarantine', 'fix', String(id), '--set', 'constructor=constructor of 3']);
    await world.run(['quarantine', 'replay', 'bronze.dbo_hostile']);
    expect(Object.entries(await readHostile(3))).toEqual(expect.arrayContaining(expected(3)));
    await source.query('UPDATE dbo.Hostile SET [two\nlines] = [two\nlines] WHERE Id < 3');
    await load();
    expect(Object.entries(await readHostile(3))).toEqual(expect.arrayContaining(expected(3)));
    // So that the next case has something to mend.
    await world.bronze.query('drop table bronze.dbo_hostile');
    await world.bronze.query('truncate bronze.ingestion_quarantine, bronze.ingestion_target, bronze.table_metadata');
  });

  it('beyond 63 bytes are renamed, or refused', async () => {
    await expect(ingest('Long')).rejects.toMatchObject({ code: 'COLUMN_NAME_TOO_LONG' });
    await ingest('Long', '--column', `${LONG}:rename=short`);
    expect(await world.readRow('select short from bronze.dbo_long')).toEqual({ short: 1 });
  });
});

describe('names of tables', () => {
  it('of any kind are read, each into a name without quotes', async () => {
    await ingest(`[o'dd]] "schema].[a.b\n[c]]]`);
    expect(await world.readRow('select x, _source_schema, _source_table from bronze.o_dd___schema_a_b__c_')).toEqual({
      x: 5,
      _source_schema: 'o\'dd] "schema',
      _source_table: 'a.b\n[c]',
    });
  });

  it('that fall together are refused, and helped by a name of their own', async () => {
    await ingest('日本');
    await expect(ingest('中国')).rejects.toMatchObject({ code: 'TARGET_TAKEN' });
    await ingest('中国', '--target-table', 'china');
  });

  it('reach the same table in any case, and lineage has its own', async () => {
    const database = String(world.env.MSSQL_DATABASE);
    await world.run(['ingest-table', 'dbo.PRODUCTS', '--mode', 'incremental', '--cursor-column', 'ModifiedAt'], {
      MSSQL_DATABASE: database.toUpperCase(),
    });
    await ingest('Dbo.products', '--mode', 'incremental', '--cursor-column', 'modifiedat');
    expect(
      await world.readRow(
        `select count(*)::int as rows, string_agg(distinct _source_schema || '.' || _source_table || ' of ' || _source_system, ',') as names
           from bronze.dbo_products`,
      ),
    ).toEqual({ rows: 16, names: `dbo.Products of sqlserver://${world.env.MSSQL_SERVER}/${database}` });
    expect(
      (
        await world.bronze.query(
          "select source_table from bronze.ingestion_audit where target_table = 'bronze.dbo_products'",
        )
      ).rows,
    ).toEqual([{ source_table: 'Products' }, { source_table: 'Products' }]);
  });
});

describe('shapes', () => {
  it('a table of 1,024 columns arrives', async () => {
    await ingest('Wide');
    expect(await world.readRow('select c0, c1023, count(*) over ()::int as n from bronze.dbo_wide order by 1')).toEqual(
      {
        ...{ c0: 7, c1023: 7, n: 2 },
      },
    );
  });

  it('a row wider than a page of PostgreSQL is refused with what helps', async () => {
    await expect(ingest('TooWide')).rejects.toMatchObject({
      code: 'ROW_TOO_WIDE',
      fix: expect.stringContaining('views'),
    });
    expect(await world.readRow("select to_regclass('bronze.dbo_toowide') as made")).toEqual({ made: null });
  });

  it('a table of which nothing is left is refused', async () => {
    await expect(ingest('日本', '--column', 'x:load=skip')).rejects.toMatchObject({ code: 'NO_COLUMNS' });
  });
});

it('a source that was set back is read whole again, since its changes would be skipped', async () => {
  const load = (): Promise<string[]> => ingest('dbo.Customer', '--mode', 'incremental');
  await load();
  await world.bronze.query(
    "update bronze.ingestion_target set cursor_text = '0x0000000F00000000' where target_table = 'bronze.dbo_customer'",
  );
  await source.query("UPDATE dbo.Customer SET LastName = 'after' WHERE CustomerID = 3");
  expect((await load()).at(-1)).toContain('10 read');
  expect(await world.readRow('select lastname from bronze.dbo_customer where customerid = 3')).toEqual({
    lastname: 'after',
  });
  expect((await load()).at(-1)).toContain('0 read');
});
