import type { MockTable, TdsConnection } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IngestionHarness, startIngestionHarness, type Variables } from './testing/ingestion-harness.ts';

const version = (n: number): Buffer => Buffer.from([0, 0, 0, 0, 0, 0, 0, n]);
const ITEMS: MockTable = {
  schema: 'dbo',
  name: 'Items',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Name', type: 'nvarchar(40)' },
    { name: 'ChangedAt', type: 'datetime2(7)' },
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  rows: [
    [1, 'one', '2024-01-01 10:00:00.0000000', version(1)],
    [2, 'two', '2024-01-01 10:00:01.1234560', version(2)],
    [3, 'three', null, version(3)],
  ],
};
const PLAIN: MockTable = {
  schema: 'dbo',
  name: 'Plain',
  columns: [
    { name: 'Code', type: 'varchar(10)' },
    { name: 'Amount', type: 'float' },
  ],
  rows: [
    ['a', 1],
    ['a', 2],
  ],
};

let world: IngestionHarness;
let source: TdsConnection;
/** Called with each statement of the datakit that reads rows in a window. */
let onWindow: (() => Promise<void>) | undefined;

beforeEach(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [ITEMS, PLAIN],
    faults: { beforeRows: (sql) => (sql.includes(' WHERE [') || sql.includes(' WHERE (') ? onWindow?.() : undefined) },
  });
  source = await world.openSource();
});

afterEach(async () => {
  onWindow = undefined;
  await world.close();
});

const ingest = (options: readonly string[] = [], env: Variables = {}): Promise<string[]> =>
  world.run(['ingest-table', 'Items', '--mode', 'incremental', ...options], env);
const change = (sql: string): Promise<unknown> => source.query(sql);
const readNames = async (): Promise<Record<string, string>> => {
  const { rows } = await world.bronze.query('select id, name from bronze.dbo_items order by id');
  return Object.fromEntries(rows.map((row) => [row.id, row.name]));
};
const readAudit = (): Promise<Record<string, unknown>> =>
  world.readRow(
    `select kind, status, rows_read::int as read, rows_inserted::int as new, rows_updated::int as changed,
            rows_deleted::int as deleted, cursor_from, cursor_to
       from bronze.ingestion_audit order by audit_id desc limit 1`,
  );
const readCursor = async (): Promise<unknown> =>
  (await world.readRow('select cursor_text from bronze.ingestion_target')).cursor_text;

describe('an incremental load by rowversion', () => {
  it('reads everything first, then what changed, and moves data, audit and cursor together', async () => {
    await ingest();
    const first = await readAudit();
    expect(first).toMatchObject({ kind: 'incremental', read: 3, new: null, cursor_from: null });
    await change("UPDATE dbo.Items SET Name = 'TWO' WHERE Id = 2");
    await change("INSERT INTO dbo.Items (Id, Name) VALUES (4, 'four')");
    const lines = await ingest();
    expect(lines.at(-1)).toContain('2 read = 2 loaded + 0 quarantined (1 new, 1 changed, 0 deleted)');
    expect(await readNames()).toEqual({ 1: 'one', 2: 'TWO', 3: 'three', 4: 'four' });
    const second = await readAudit();
    expect(second).toMatchObject({ read: 2, new: 1, changed: 1, cursor_from: first.cursor_to });
    expect(await readCursor()).toBe(second.cursor_to);
    expect(second.cursor_to).toMatch(/^0x[0-9A-F]{16}$/);
    const batches = 'select count(distinct _batch_id)::int as n from bronze.dbo_items';
    expect(await world.readRow(batches)).toEqual({ n: 2 });
    expect(await world.readRow('select row_count from bronze.table_metadata')).toEqual({ row_count: '4' });
    await ingest();
    expect(await readAudit()).toMatchObject({ read: 0, new: 0, changed: 0 });
  });

  it('a row of a transaction that was open at the ceiling comes with the next load', async () => {
    await ingest();
    const other = await world.openSource();
    await other.query('BEGIN TRANSACTION');
    await other.query("UPDATE dbo.Items SET Name = 'late' WHERE Id = 1");
    await change("UPDATE dbo.Items SET Name = 'early' WHERE Id = 2");
    await ingest();
    expect(await readNames()).toMatchObject({ 1: 'one' });
    await other.query('COMMIT TRANSACTION');
    await ingest();
    expect(await readNames()).toEqual({ 1: 'late', 2: 'early', 3: 'three' });
  });

  it('a row changed while rows are read comes with the next load', async () => {
    await ingest();
    await change("UPDATE dbo.Items SET Name = 'before' WHERE Id = 1");
    onWindow = async () => {
      onWindow = undefined;
      await change("UPDATE dbo.Items SET Name = 'meanwhile' WHERE Id IN (1, 3)");
    };
    await ingest();
    await ingest();
    expect(await readNames()).toEqual({ 1: 'meanwhile', 2: 'two', 3: 'meanwhile' });
  });

  it('a repeated batch changes nothing, the cursor neither', async () => {
    const task = { TOWPATH_RUN_ID: 'run-1', TOWPATH_TASK_ID: 'items' };
    await ingest();
    await change("UPDATE dbo.Items SET Name = 'ONE' WHERE Id = 1");
    await ingest([], task);
    const cursor = await readCursor();
    await change("UPDATE dbo.Items SET Name = 'TWO' WHERE Id = 2");
    expect((await ingest([], task)).at(-1)).toContain('published before');
    expect(await readCursor()).toBe(cursor);
    expect(await readNames()).toMatchObject({ 1: 'ONE', 2: 'two' });
  });

  it('two loads at once leave what one after the other leaves', async () => {
    await ingest();
    await change("UPDATE dbo.Items SET Name = 'changed'");
    await Promise.all([ingest(), ingest()]);
    expect(await readNames()).toEqual({ 1: 'changed', 2: 'changed', 3: 'changed' });
  });

  it('deleted rows go with --deletes compare, stay without, and are counted', async () => {
    await ingest();
    await change('DELETE FROM dbo.Items WHERE Id = 1');
    await ingest();
    expect(await readNames()).toMatchObject({ 1: 'one' });
    await ingest(['--deletes', 'compare']);
    expect(await readNames()).toEqual({ 2: 'two', 3: 'three' });
    expect(await readAudit()).toMatchObject({ deleted: 1, read: 0 });
    expect(await world.readRow("select count(*)::int as n from pg_tables where schemaname = 'bronze_parts'")).toEqual({
      n: 1,
    });
  });

  it('--full-refresh reads everything again, and so does another key or cursor', async () => {
    await ingest();
    await ingest(['--full-refresh']);
    expect(await readAudit()).toMatchObject({ read: 3, new: null, cursor_from: null });
    await ingest(['--key', 'Id,RowVer']);
    expect(await readAudit()).toMatchObject({ read: 3, cursor_from: null });
    await ingest(['--cursor-column', 'ChangedAt']);
    expect(await readAudit()).toMatchObject({ read: 3, cursor_from: null, cursor_to: '2024-01-01 10:00:01.1234560' });
  });

  it('a table may change between snapshot and increments; views and indexes of people stay', async () => {
    await world.run(['ingest-table', 'Items']);
    await world.bronze.query('create view public.names as select name from bronze.dbo_items');
    await world.bronze.query('create index by_name on bronze.dbo_items (name)');
    await ingest();
    await ingest();
    const indexes =
      "select indexname from pg_indexes where schemaname = 'bronze' and tablename = 'dbo_items' order by 1";
    expect((await world.bronze.query(indexes)).rows.map((row) => row.indexname)).toEqual(['by_name', 'dbo_items__key']);
    await world.run(['ingest-table', 'Items']);
    expect((await world.bronze.query(indexes)).rows.map((row) => row.indexname)).toEqual(['by_name']);
    expect(await world.readRow('select count(*)::int as n from public.names')).toEqual({ n: 3 });
    expect(await readCursor()).toBeNull();
  });

  it('a READ COMMITTED reader sees a whole increment or nothing of it, and never waits for it', async () => {
    await ingest();
    const reader = await world.connect();
    const seen = new Set<unknown>();
    let isRunning = true;
    const reading = (async () => {
      while (isRunning)
        seen.add(
          (await reader.query('select string_agg(distinct name, $$,$$) as names from bronze.dbo_items')).rows[0].names,
        );
    })();
    for (const name of ['a', 'b', 'c']) {
      await change(`UPDATE dbo.Items SET Name = '${name}'`);
      await ingest();
    }
    isRunning = false;
    await reading;
    const allowed = ['one,three,two', 'a', 'b', 'c'];
    expect([...seen].filter((names) => !allowed.includes(String(names)))).toEqual([]);
  });

  it('a bad row of an increment is put aside; corrected at the source it comes with the next, and the old one is overtaken', async () => {
    await ingest();
    await change("UPDATE dbo.Items SET Name = 'a' + CHAR(0) WHERE Id = 2");
    await ingest(['--bad-rows', 'quarantine']);
    expect(await readNames()).toMatchObject({ 2: 'two' });
    expect(await world.readRow('select remediation_status, row_key from bronze.ingestion_quarantine')).toEqual({
      remediation_status: 'PENDING',
      row_key: { id: '2' },
    });
    await change("UPDATE dbo.Items SET Name = 'sound' WHERE Id = 2");
    await ingest(['--bad-rows', 'quarantine']);
    expect(await readNames()).toMatchObject({ 2: 'sound' });
    expect(await world.readRow('select remediation_status from bronze.ingestion_quarantine')).toEqual({
      remediation_status: 'SUPERSEDED',
    });
  });
});

describe('an incremental load by watermark', () => {
  const byTime = (...more: string[]): Promise<string[]> => ingest(['--cursor-column', 'ChangedAt', ...more]);

  it('reads again what the overlap says, so that a late commit is not missed; unchanged rows keep their lineage', async () => {
    await byTime();
    expect(await readCursor()).toBe('2024-01-01 10:00:01.1234560');
    await change("INSERT INTO dbo.Items (Id, Name, ChangedAt) VALUES (4, 'late', '2024-01-01 09:56:30.0000000')");
    await change("INSERT INTO dbo.Items (Id, Name, ChangedAt) VALUES (5, 'new', '2024-01-01 11:00:00.0000001')");
    await byTime('--column', 'ChangedAt:seventhDigit=truncate');
    expect(await readNames()).toEqual({ 1: 'one', 2: 'two', 3: 'three', 4: 'late', 5: 'new' });
    expect(await readAudit()).toMatchObject({ new: 2, changed: 0 });
    expect(await readCursor()).toBe('2024-01-01 11:00:00.0000001');
  });

  it('--overlap 0 has an inclusive bound still', async () => {
    await byTime();
    await change("INSERT INTO dbo.Items (Id, Name, ChangedAt) VALUES (4, 'same', '2024-01-01 10:00:01.1234560')");
    await byTime('--overlap', '0');
    expect(await readNames()).toMatchObject({ 4: 'same' });
  });

  it('rows without a value are read each time', async () => {
    await byTime();
    await change("UPDATE dbo.Items SET Name = 'timeless' WHERE Id = 3");
    await byTime();
    expect(await readNames()).toMatchObject({ 3: 'timeless' });
  });

  it('numbers overlap too, exactly', async () => {
    await ingest(['--cursor-column', 'Id']);
    await change("INSERT INTO dbo.Items (Id, Name) VALUES (-2147483648, 'least')");
    await change("INSERT INTO dbo.Items (Id, Name) VALUES (2147483647, 'most')");
    await ingest(['--cursor-column', 'Id', '--overlap', '3000000000']);
    expect(Object.keys(await readNames())).toHaveLength(5);
    expect(await readCursor()).toBe('2147483647');
  });
});

describe('what can not be incremental', () => {
  const plain = (...options: string[]): Promise<string[]> =>
    world.run(['ingest-table', 'Plain', '--mode', 'incremental', ...options]);

  it('a table without a rowversion names the columns that could be a watermark', async () => {
    await expect(plain('--key', 'Code')).rejects.toMatchObject({
      code: 'CURSOR_COLUMN_MISSING',
      fix: expect.stringContaining('--cursor-column'),
    });
    await expect(plain('--key', 'Code', '--cursor-column', 'Amount')).rejects.toMatchObject({
      code: 'CURSOR_TYPE_UNFIT',
    });
    await expect(plain('--key', 'Code', '--cursor-column', 'Nope')).rejects.toMatchObject({
      code: 'CURSOR_COLUMN_UNKNOWN',
    });
  });

  it('a table without a key says so, and a key that is not there, not unique or NULL', async () => {
    await expect(plain('--cursor-column', 'Amount')).rejects.toMatchObject({ code: 'INCREMENTAL_KEY_MISSING' });
    await expect(ingest(['--key', 'Nope'])).rejects.toMatchObject({ code: 'KEY_COLUMN_UNKNOWN' });
    await change("UPDATE dbo.Items SET Name = 'same'");
    await expect(ingest(['--key', 'Name'])).rejects.toMatchObject({ code: 'INCREMENTAL_KEY_NOT_UNIQUE' });
    await expect(ingest(['--key', 'Name', '--deletes', 'compare'])).rejects.toMatchObject({
      code: 'INCREMENTAL_KEY_NULLABLE',
    });
    expect(await readAudit()).toMatchObject({ status: 'failed' });
  });
});

describe('whatever happens at the source', () => {
  type Step =
    | { readonly kind: 'put'; readonly id: number; readonly name: string }
    | { readonly kind: 'delete'; readonly id: number }
    | { readonly kind: 'load' };
  const id = fc.integer({ min: 1, max: 6 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), id, name: fc.stringMatching(/^[a-z]{1,5}$/) }),
    fc.record({ kind: fc.constant('delete' as const), id }),
    fc.record({ kind: fc.constant('load' as const) }),
  );

  async function act(one: Step): Promise<void> {
    if (one.kind === 'load') {
      await ingest(['--deletes', 'compare']);
      return expect(await readNames()).toEqual(await readSource());
    }
    if (one.kind === 'delete') return void (await change(`DELETE FROM dbo.Items WHERE Id = ${one.id}`));
    const { rows } = await source.query(`SELECT Id FROM dbo.Items WHERE Id = ${one.id}`);
    await change(
      rows.length > 0
        ? `UPDATE dbo.Items SET Name = '${one.name}' WHERE Id = ${one.id}`
        : `INSERT INTO dbo.Items (Id, Name) VALUES (${one.id}, '${one.name}')`,
    );
  }

  async function readSource(): Promise<Record<string, unknown>> {
    const { rows } = await source.query('SELECT Id, Name FROM dbo.Items');
    return Object.fromEntries(rows);
  }

  it('bronze equals the source after each load', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 12 }), async (steps) => {
        for (const one of steps) await act(one);
        await act({ kind: 'load' });
      }),
      { numRuns: 8, seed: 20_261_125 },
    );
  });
});
