import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOCK_TABLES, type MockTable } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatProgress } from './commands/table-run.ts';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

const numbers = (schema: string, name: string, rows = 3): MockTable => ({
  schema,
  name,
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    { name: 'Name', type: 'nvarchar(20)' },
  ],
  rows: Array.from({ length: rows }, (_, index) => [index, `name ${index}`]),
});
const BAD: MockTable = {
  ...numbers('dbo', 'Bad'),
  rows: [
    [1, 'good'],
    [2, 'a\0b'],
  ],
};

let world: IngestionHarness;
/** Called with each statement that reads rows; its promise is not waited for. */
let onStatement: ((sql: string) => void) | undefined;

beforeAll(async () => {
  world = await startIngestionHarness(testkit, {
    seed: [
      ...MOCK_TABLES,
      BAD,
      numbers('sales', 'One'),
      numbers('sales', 'Two', 20_000),
      numbers('sales', 'Three', 20_000),
      numbers('odd name', 'a.b'),
      numbers('odd name', 'a_b'),
    ],
    onStatement: ({ sql }) => onStatement?.(sql),
  });
});

afterEach(() => {
  onStatement = undefined;
});

afterAll(async () => {
  await world.close();
});

const countRows = async (table: string): Promise<unknown> =>
  (await world.readRow(`select count(*)::int as n from bronze.${table}`)).n;

describe('ingest-tables', () => {
  it('loads each table and sums up, in lines and in the result document', async () => {
    const result = join(await mkdtemp(join(tmpdir(), 'result-')), 'result.json');
    const lines = await world.run(['ingest-tables', 'dbo.Customer', 'Orders', '[odd name].[a.b]'], {
      TOWPATH_RESULT: result,
    });
    expect(lines.at(-1)).toMatch(
      /^3 tables: 3 succeeded, 0 failed, 0 not started; \d+ rows read = \d+ loaded \+ 0 quarantined$/,
    );
    expect(await countRows('odd_name_a_b')).toBe(3);
    expect(JSON.parse(await readFile(result, 'utf8'))).toMatchObject({ tables: 3, succeeded: 3, failures: [] });
  });

  it('stops at the first failure and names what was not started', async () => {
    const run = world.run(['ingest-tables', 'dbo.Bad', 'sales.One'], { BRONZE_MAX_WORKERS: '1' });
    await expect(run).rejects.toMatchObject({
      code: 'INGEST_INCOMPLETE',
      message: '1 of 2 tables failed, 1 were not started: dbo.Bad (VALUE_NUL_CHARACTER).',
    });
    expect(await world.readRow("select to_regclass('bronze.sales_one') as made")).toEqual({ made: null });
  });

  it('goes on with --continue-on-error, and still ends with an error', async () => {
    const run = world.run(['ingest-tables', 'dbo.Bad', 'sales.One', 'dbo.Nowhere', '--continue-on-error']);
    await expect(run).rejects.toMatchObject({
      code: 'INGEST_INCOMPLETE',
      message: '2 of 3 tables failed: dbo.Bad (VALUE_NUL_CHARACTER), dbo.Nowhere (SOURCE_TABLE_UNKNOWN).',
    });
    expect(await countRows('sales_one')).toBe(3);
  });

  it('is a configuration error when every failure is one', async () => {
    const child = await world.spawn(['ingest-tables', 'dbo.Nowhere', 'dbo.Neither', '--continue-on-error']);
    expect((await child.waitForExit()).code).toBe(78);
    expect(child.stderr()).toMatch(/^error INGEST_INCOMPLETE_CONFIGURATION: /);
  });

  it('loads BRONZE_MAX_WORKERS tables at the same time, and no more', async () => {
    for (const workers of [1, 2]) {
      let most = 0;
      onStatement = () => {
        most = Math.max(most, world.mock.connections);
      };
      await world.run(['ingest-tables', 'sales.One', 'sales.Two', 'sales.Three'], {
        BRONZE_MAX_WORKERS: String(workers),
      });
      expect(most).toBe(workers);
    }
  });

  it('two tables that would get one name are refused before either is read', async () => {
    const run = world.run(['ingest-tables', '[odd name].[a.b]', '[odd name].a_b']);
    await expect(run).rejects.toMatchObject({ code: 'TARGET_NAME_CLASH' });
  });

  it('cancelled, it starts nothing more and says so', async () => {
    const cancelled = new AbortController();
    onStatement = (sql) => {
      if (sql.startsWith('SELECT [Id], [Name] FROM [sales].[Two]')) cancelled.abort(new Error('enough'));
    };
    const run = world.run(
      ['ingest-tables', 'sales.Two', 'sales.One'],
      { BRONZE_MAX_WORKERS: '1', TOWPATH_RUN_ID: 'cancelled', TOWPATH_TASK_ID: 't' },
      cancelled.signal,
    );
    await expect(run).rejects.toThrow('enough');
    const audit = "select count(*)::int as n from bronze.ingestion_audit where attempt_id like 'cancelled/%'";
    expect(await world.readRow(audit)).toEqual({ n: 1 });
  });

  it('--metadata prints what is recorded as a line of JSON', async () => {
    const lines = await world.run(['ingest-tables', 'sales.One', '-m']);
    const json = lines.find((line) => line.startsWith('{')) ?? '';
    expect(JSON.parse(json)).toMatchObject({
      target: 'bronze.sales_one',
      rowsRead: 3,
      sourceIsolation: expect.any(String),
    });
  });
});

describe('ingest-all', () => {
  it('--dry-run lists what would be loaded and reads nothing', async () => {
    const before = await world.readRow('select count(*)::int as n from bronze.ingestion_audit');
    const lines = await world.run(['ingest-all', '--include', 'SALES.*', '--exclude', '*e', '--dry-run']);
    expect(lines).toEqual(['sales.Two -> bronze.sales_two  (snapshot)', '1 tables would be loaded; nothing was read']);
    expect(await world.readRow('select count(*)::int as n from bronze.ingestion_audit')).toEqual(before);
  });

  it('loads what is included and not excluded', async () => {
    const lines = await world.run(['ingest-all', '--include', 'dbo.*', '--include', 'One', '--exclude', 'Bad']);
    expect(lines.at(-1)).toMatch(new RegExp(`^${MOCK_TABLES.length + 1} tables: ${MOCK_TABLES.length + 1} succeeded`));
  });

  it('nothing that matches is an error, not a success', async () => {
    await expect(world.run(['ingest-all', '--include', 'nothing*'])).rejects.toMatchObject({ code: 'NO_TABLES_MATCH' });
  });
});

describe('the configuration file', () => {
  const write = async (text: string): Promise<string> => {
    const path = join(await mkdtemp(join(tmpdir(), 'config-')), 'datakit.yaml');
    await writeFile(path, text);
    return path;
  };
  const CONFIG = `
settings: { MSSQL_APP_NAME: from-file, BRONZE_MAX_WORKERS: 1 }
defaults: { badRows: quarantine }
tables:
  dbo.BAD:
    targetTable: mended
    columns: { Name: { characters: strip } }
  sales.One: { badRows: refuse }
`;

  it('names targets and sets options per table', async () => {
    const config = await write(CONFIG);
    await world.run(['--config', config, 'ingest-table', 'dbo.Bad']);
    expect((await world.bronze.query('select id, name from bronze.mended order by id')).rows).toEqual([
      { id: 1, name: 'good' },
      { id: 2, name: 'ab' },
    ]);
    const dry = await world.run(['ingest-all', '--include', 'sales.*', '--dry-run', '--config', config]);
    expect(dry.slice(0, 2)).toEqual([
      'sales.One -> bronze.sales_one  (snapshot)',
      'sales.Three -> bronze.sales_three  (snapshot, bad rows to quarantine)',
    ]);
  });

  it('gives way to the environment, and that to the command line', async () => {
    const DATAKIT_CONFIG = await write(CONFIG);
    const show = async (args: string[], env = {}): Promise<string | undefined> =>
      (await world.run(['ingest-all', '--include', 'Three', '--dry-run', ...args], { DATAKIT_CONFIG, ...env }))[0];
    expect(await show([])).toContain('bad rows to quarantine');
    expect(await show([], { BRONZE_BAD_ROWS: 'refuse' })).not.toContain('quarantine');
    expect(await show(['--bad-rows', 'quarantine'], { BRONZE_BAD_ROWS: 'refuse' })).toContain('bad rows to quarantine');
  });

  it('is refused with all its problems and their places', async () => {
    const config = await write(`
settings: { MSSQL_PASSWORD: secret, NOTHING: 1 }
more: 1
tables:
  dbo.Bad: { mode: sometimes, columns: { Name: { characters: eat, load: skip } } }
`);
    const run = world.run(['validate-env', '--config', config]);
    await expect(run).rejects.toMatchObject({
      code: 'CONFIG_FILE_INVALID',
      message: expect.stringMatching(
        /5 problems: more is unknown.+MSSQL_PASSWORD is a secret.+NOTHING is unknown.+Name: characters must be refuse, strip, replace.+mode must be/,
      ),
    });
    await expect(run).rejects.not.toMatchObject({ message: expect.stringContaining('secret"') });
  });

  it('that is not there is an error', async () => {
    await expect(world.run(['validate-env', '--config', '/nowhere.yaml'])).rejects.toMatchObject({
      code: 'CONFIG_FILE_INVALID',
    });
  });
});

describe('progress', () => {
  it('says rows, share, rate and what is left', () => {
    expect(formatProgress({ rows: 1_200_000, bytes: 2 ** 20, estimate: 10_000_000, seconds: 3 })).toBe(
      '1200000 of about 10000000 rows (12 %), 400000 rows/s, 1.0 MiB, about 22 s left',
    );
  });

  it('claims no end when nobody knows it, or when the source was wrong', () => {
    const known = { rows: 100, bytes: 0, seconds: 1 };
    expect(formatProgress({ ...known, estimate: undefined })).toBe('100 rows, 100 rows/s, 0.0 MiB');
    expect(formatProgress({ ...known, estimate: 99 })).toBe('100 rows, 100 rows/s, 0.0 MiB');
  });
});
