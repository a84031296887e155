import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOCK_TABLES, type MockTable } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

const item = (id: number, name: string): [number, string] => [id, name];
const table = (schema: string, name: string, rows: [number, string][]): MockTable => ({
  schema,
  name,
  columns: [
    { name: 'Id', type: 'int', nullable: false },
    { name: 'Name', type: 'nvarchar(50)' },
  ],
  rows,
});
const single = (name: string, type: string, value: string | Buffer | number | null): MockTable => ({
  schema: 'dbo',
  name,
  columns: [
    { name: 'Id', type: 'int', nullable: false },
    { name: 'Value', type },
  ],
  rows: [
    [1, null],
    [2, value],
  ],
});

const SEED: MockTable[] = [
  ...MOCK_TABLES,
  table('dbo', 'a.b', [item(1, 'dbo')]),
  table('odd name', 'a.b', [item(1, 'odd'), item(2, 'name')]),
  table('dbo', 'Order Items', [item(1, 'with a space')]),
  table('dbo', 'Order_Items', [item(1, 'with an underscore')]),
  table('dbo', `long ${'x'.repeat(70)}`, [item(1, 'long')]),
  table('dbo', 'Empty', []),
  single('Seventh', 'datetime2(7)', '2024-01-02 03:04:05.1234567'),
  single('SeventhTime', 'time(7)', '03:04:05.1234567'),
  single('Nul', 'nvarchar(20)', 'a\0b'),
  single('Big', 'nvarchar(max)', `${'é'.repeat(300_000)}😀${'x'.repeat(300_000)}`),
  {
    schema: 'dbo',
    name: 'Clash',
    columns: [
      { name: 'Id', type: 'int' },
      { name: '_Batch_ID', type: 'int' },
    ],
    rows: [],
  },
  {
    schema: 'dbo',
    name: 'Twice',
    columns: [
      { name: 'Spent_Offset_Minutes', type: 'int' },
      { name: 'Spent', type: 'datetimeoffset(3)' },
    ],
    rows: [],
  },
];

let world: IngestionHarness;

beforeAll(async () => {
  world = await startIngestionHarness(testkit, { seed: SEED });
});

afterAll(async () => {
  await world.close();
});

describe('ingest-table', () => {
  it('A30 the target is bronze.<schema>_<table> in lower case, so the count answers unquoted', async () => {
    await world.run(['ingest-table', 'dbo.Products']);
    const products = MOCK_TABLES.find((seed) => seed.name === 'Products');
    expect(await world.readRow('SELECT COUNT(*)::int FROM bronze.dbo_products')).toEqual({
      count: products?.rows.length,
    });
  });

  it('A28 dbo.Products, Products --source-schema dbo and [odd name].[a.b] all reach the right table', async () => {
    await world.run(['ingest-table', 'Products', '--source-schema', 'dbo', '--target-table', 'products_again']);
    const same = 'select productid, productname, unitprice from bronze';
    const { rows } = await world.bronze.query(`${same}.dbo_products except ${same}.products_again`);
    expect(rows).toEqual([]);
    await world.run(['ingest-table', '[odd name].[a.b]']);
    expect((await world.bronze.query('select id, name from bronze.odd_name_a_b order by id')).rows).toEqual([
      { id: 1, name: 'odd' },
      { id: 2, name: 'name' },
    ]);
  });

  it('A29 a read-only login is enough, and the source sees no DDL or DML', async () => {
    await world.run(['ingest-table', 'dbo.Suppliers']);
    await world.run(['test-connection']);
    await world.run(['discover']);
    await world
      .run(['ingest-all', '--include', 'dbo.*s', '--bad-rows', 'quarantine', '--continue-on-error'])
      .catch(() => undefined);
    const increment = ['ingest-table', 'Customer', '--mode', 'incremental', '--deletes', 'compare'];
    for (let load = 0; load < 2; load++) await world.run([...increment, '--target-table', 'customer_changes']);
    const statements = world.mock.statements.filter((statement) => statement.login === 'reader');
    expect(statements.length).toBeGreaterThan(4);
    expect(statements.filter(({ sql }) => !/^(SELECT|SET TRANSACTION ISOLATION LEVEL) /.test(sql))).toEqual([]);
    expect(
      world.mock.statements.filter(({ sql }) => /\b(insert|update|delete|merge|create|alter|drop|into)\b/i.test(sql)),
    ).toEqual([]);
  });

  it('A31 every row carries lineage, and every ingestion an audit row with counts that add up', async () => {
    await world.run(['ingest-table', 'dbo.Customer']);
    const lineage = await world.bronze.query(
      `select distinct _source_system, _source_schema, _source_table, _batch_id, _loaded_at is not null as loaded
         from bronze.dbo_customer`,
    );
    const audit = await world.readRow(
      `select *, rows_read = rows_loaded + rows_quarantined as adds_up, ingestion_completed_at >= ingestion_started_at as ended
         from bronze.ingestion_audit where target_table = 'bronze.dbo_customer'`,
    );
    expect(lineage.rows).toEqual([
      {
        _source_system: 'sqlserver://127.0.0.1/TestWarehouse',
        _source_schema: 'dbo',
        _source_table: 'Customer',
        _batch_id: audit.batch_id,
        loaded: true,
      },
    ]);
    expect(audit).toMatchObject({ status: 'success', rows_read: '10', rows_loaded: '10', adds_up: true, ended: true });
    expect(audit.source_isolation).toMatch(/^(SNAPSHOT|READ COMMITTED)/);
    expect(
      await world.readRow("select * from bronze.table_metadata where table_name = 'bronze.dbo_customer'"),
    ).toMatchObject({
      source_schema: 'dbo',
      source_table: 'Customer',
      row_count: '10',
      source_connection_string: expect.stringContaining('Password=***'),
    });
  });

  it('A32 a repeated batch changes nothing and reports the same result', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'result-'));
    const attempt = (number: number) => ({
      TOWPATH_RUN_ID: 'run-7',
      TOWPATH_TASK_ID: 'orders',
      TOWPATH_ATTEMPT: String(number),
      TOWPATH_RESULT: join(folder, `${number}.json`),
    });
    await world.run(['ingest-table', 'dbo.Orders'], attempt(1));
    const before = await readPlace('bronze.dbo_orders');
    await world.run(['ingest-table', 'dbo.Orders'], attempt(2));
    expect(await readPlace('bronze.dbo_orders')).toEqual(before);
    const [first, second] = await Promise.all(
      [1, 2].map(async (number) => JSON.parse(await readFile(join(folder, `${number}.json`), 'utf8'))),
    );
    expect(first).toMatchObject({ target: 'bronze.dbo_orders', rowsQuarantined: 0, isRepeat: false });
    expect(first.rowsRead).toBe(first.rowsLoaded);
    expect(second).toEqual({ ...first, isRepeat: true, seconds: second.seconds });
    expect(await readStatuses('bronze.dbo_orders')).toEqual(['success']);
  });

  it('a second run replaces the rows with new lineage', async () => {
    await world.run(['ingest-table', 'dbo.Products', '--target-table', 'twice']);
    const before = await readPlace('bronze.twice');
    await world.run(['ingest-table', 'dbo.Products', '--target-table', 'twice']);
    const after = await readPlace('bronze.twice');
    expect(after.count).toBe(before.count);
    expect(after.batch).not.toBe(before.batch);
    expect(await readStatuses('bronze.twice')).toEqual(['success', 'success']);
    expect(
      await world.readRow("select fence from bronze.ingestion_target where target_table = 'bronze.twice'"),
    ).toEqual({ fence: '2' });
  });

  it('an empty table is published empty', async () => {
    await world.run(['ingest-table', 'dbo.Empty']);
    expect(await world.readRow('select count(*)::int from bronze.dbo_empty')).toEqual({ count: 0 });
  });

  it('a cell larger than every buffer arrives whole', async () => {
    await world.run(['ingest-table', 'dbo.Big']);
    expect(
      await world.readRow(
        'select value = $$é$$ || repeat($$é$$, 299999) || $$😀$$ || repeat($$x$$, 300000) as same from bronze.dbo_big where id = 2',
      ),
    ).toEqual({ same: true });
  });

  it('two sources never share a target', async () => {
    await world.run(['ingest-table', 'dbo.[Order Items]']);
    await expect(world.run(['ingest-table', 'dbo.Order_Items'])).rejects.toMatchObject({ code: 'TARGET_TAKEN' });
    expect(await world.readRow('select name from bronze.dbo_order_items')).toEqual({ name: 'with a space' });
  });

  it('a table that the datakit did not make is left alone', async () => {
    await world.bronze.query('create table bronze.precious (id int); insert into bronze.precious values (1)');
    const run = world.run(['ingest-table', 'dbo.Products', '--target-table', 'precious']);
    await expect(run).rejects.toMatchObject({ code: 'TARGET_NOT_OURS' });
    expect(await world.readRow('select count(*)::int from bronze.precious')).toEqual({ count: 1 });
  });

  it('a target name beyond 63 bytes is refused with the option that helps', async () => {
    const run = world.run(['ingest-table', `[long ${'x'.repeat(70)}]`]);
    await expect(run).rejects.toMatchObject({
      code: 'TARGET_NAME_TOO_LONG',
      fix: expect.stringContaining('--target-table'),
    });
  });

  it.each(['pg_catalog', 'pg_mine', 'information_schema'])('the schema %s is refused', async (schema) => {
    await expect(world.run(['ingest-table', 'Products', '--target-schema', schema])).rejects.toMatchObject({
      code: 'TARGET_SCHEMA_RESERVED',
    });
  });
});

describe('what can not be loaded exactly', () => {
  it.each([
    ['Seventh', 'VALUE_PRECISION_LOST'],
    ['SeventhTime', 'VALUE_PRECISION_LOST'],
    ['Nul', 'VALUE_NUL_CHARACTER'],
  ])('A33 dbo.%s is refused with %s, naming column and row', async (name, code) => {
    await expect(world.run(['ingest-table', name])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^Row 2 of dbo\.\w+ can't be loaded exactly: column Value /),
    });
    expect(await readStatuses(`bronze.dbo_${name.toLowerCase()}`)).toEqual(['failed']);
    expect(await world.readRow(`select to_regclass('bronze.dbo_${name.toLowerCase()}') as made`)).toEqual({
      made: null,
    });
  });

  it('a column named like a lineage column is refused, with the option that renames it', async () => {
    await expect(world.run(['ingest-table', 'Clash'])).rejects.toMatchObject({
      code: 'LINEAGE_COLUMN_CLASH',
      message: expect.stringContaining('_Batch_ID'),
      fix: expect.stringContaining('rename'),
    });
    await world.run(['ingest-table', 'Clash', '--column', '_Batch_ID:rename=source_batch']);
    expect(await world.readRow('select count(source_batch)::int as n from bronze.dbo_clash')).toEqual({ n: 0 });
  });

  it('two columns that would get one name are refused', async () => {
    await expect(world.run(['ingest-table', 'Twice'])).rejects.toMatchObject({ code: 'COLUMN_NAME_CLASH' });
  });
});

async function readStatuses(target: string): Promise<unknown[]> {
  const text = 'select status from bronze.ingestion_audit where target_table = $1 order by audit_id';
  return (await world.bronze.query({ text, values: [target] })).rows.map((row) => row.status);
}

/** Where the rows lie: the same before and after means that nothing was written. */
function readPlace(target: string): Promise<Record<string, unknown>> {
  return world.readRow(
    `select count(*)::int as count, min(_batch_id::text) as batch, min(tableoid::text) as part, min(_loaded_at) as at from ${target}`,
  );
}
