// A84: the datakit as an executor starts it, with the real dbt on a real PostgreSQL.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, requirePart, spawnProcess, type TestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// Each start of dbt loads some hundred modules of Python.
vi.setConfig({ testTimeout: 120_000 });

const python = requirePart('dbt');
const BIN = fileURLToPath(new URL('../bin/datakit-dbt', import.meta.url));

const PROJECT = `name: shop
profile: shop
version: 1.0.0
config-version: 2
model-paths: [models]
flags: { send_anonymous_usage_stats: false }
`;
const PROFILES = `shop:
  target: "{{ env_var('DBT_TARGET') }}"
  outputs:
    ci:
      type: postgres
      host: "{{ env_var('WAREHOUSE_HOST') }}"
      port: "{{ env_var('WAREHOUSE_PORT') | as_number }}"
      user: "{{ env_var('WAREHOUSE_USER') }}"
      password: "{{ env_var('WAREHOUSE_PASSWORD') }}"
      dbname: "{{ env_var('WAREHOUSE_DATABASE') }}"
      schema: shop
      threads: 2
`;

/** Keeps what it has, and adds what is new. */
const ORDERS = (price: number) => `{{ config(materialized='incremental') }}
select 1 as id, ${price} as price
{% if is_incremental() %} where not exists (select from {{ this }}) {% endif %}
`;

let folder: string;
let database: TestDatabase;
let client: pg.Client;
beforeEach(async (context) => {
  if (!python.available) return context.skip(python.reason);
  folder = mkdtempSync(join(tmpdir(), 'dbt-project-'));
  database = await createTestDatabase({ template: 'empty' });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  write({ 'dbt_project.yml': PROJECT, 'profiles.yml': PROFILES });
});
afterEach(async () => {
  if (!python.available) return;
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function start(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { host, port, user = '', password = '' } = client;
  return spawnProcess({
    command: process.execPath,
    args: [BIN, ...words],
    cwd: folder,
    env: {
      ...{ HOME: folder, PATH: process.env.PATH ?? '', TMPDIR: tmpdir() },
      ...{
        WAREHOUSE_HOST: host,
        WAREHOUSE_PORT: String(port),
        WAREHOUSE_USER: user,
        WAREHOUSE_PASSWORD: String(password),
      },
      ...{ WAREHOUSE_DATABASE: database.name, DBT_PROJECT_DIR: folder, DBT_TARGET: 'ci', TOWPATH_RUN_ID: 'run-1' },
      DBT_PYTHON: python.available ? python.path : '',
      TOWPATH_RESULT: join(folder, 'result.json'),
      ...more,
    },
  });
}

async function run(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  rmSync(join(folder, 'result.json'), { force: true });
  const child = await start(words, more);
  const { code } = await child.waitForExit(100_000);
  const path = join(folder, 'result.json');
  const result: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  return { code, output: child.output(), result };
}

const query = async (sql: string) => (await client.query(sql)).rows;
const listRuns = () => query('select * from control.dbt_runs order by run_timestamp, model_name');

describe('A84 dbt_runs', () => {
  it('A84 has a row for each model, with the columns of the documents, also for one that failed', async () => {
    write({
      'models/orders.sql': ORDERS(5),
      'models/fees.sql': "select id, price / 0 as fee from {{ ref('orders') }}",
      'models/fees.yml': 'models: [{ name: fees, config: { materialized: table } }]\n',
      'models/daily.sql': "select sum(fee) as fees from {{ ref('fees') }}",
    });
    const { code, output, result } = await run(['run']);
    expect(code, output).toBe(1);
    expect(output).toContain('DBT_FAILED');
    const rows = await listRuns();
    expect(Object.keys(rows[0])).toEqual([
      ...['run_id', 'run_timestamp', 'invocation_id', 'model_name', 'status', 'rows_affected'],
      ...['execution_time_seconds', 'bytes_processed', 'error_message'],
    ]);
    expect(rows).toMatchObject([
      { model_name: 'daily', status: 'skipped', run_id: 'run-1' },
      { model_name: 'fees', status: 'error', error_message: expect.stringContaining('division by zero') },
      { model_name: 'orders', status: 'success', rows_affected: '1', error_message: null, bytes_processed: null },
    ]);
    expect(result).toMatchObject({ models: 3, failed: 1, skipped: 1, failures: ['fees'], rowsLoaded: 1 });
    expect(output).not.toContain(String(client.password));
  });

  it('A84 a test that fails fails the task, and the rows of the models are there', async () => {
    write({
      'models/orders.sql': ORDERS(5),
      'models/orders.yml':
        'models: [{ name: orders, columns: [{ name: price, data_tests: [{ accepted_values: { arguments: { values: [6] } } }] }] }]\n',
    });
    const { code, result, output } = await run(['build']);
    expect(code, output).toBe(1);
    expect(result).toMatchObject({ models: 1, failed: 0, failedTests: 1 });
    expect(await listRuns()).toMatchObject([{ model_name: 'orders', status: 'success' }]);
  });

  it('A84 that can not be written fails the task', async () => {
    write({ 'models/orders.sql': ORDERS(5) });
    await client.query('create schema control; create table control.dbt_runs (run_id text)');
    const { code, output } = await run(['run']);
    expect(code, output).toBe(1);
    expect(output).toContain('CONTROL_WRITE_FAILED');
  });

  it('A84 that can not be reached keeps dbt from starting', async () => {
    write({ 'models/orders.sql': ORDERS(5) });
    const { code, output } = await run(['run'], { WAREHOUSE_DATABASE: 'nowhere' });
    expect(code, output).toBe(1);
    expect(output).toContain('CONTROL_UNREACHABLE');
    expect(await query("select to_regclass('shop.orders') as made")).toEqual([{ made: null }]);
  });
});

describe('A84 a full refresh', () => {
  it('A84 makes what was chosen anew and builds what reads it, and nothing else', async () => {
    write({
      'models/orders.sql': ORDERS(6),
      // A folder of the same name: what lies in it is not chosen.
      'models/orders/prices.sql': ORDERS(6),
      'models/totals.sql': "{{ config(materialized='table') }} select sum(price) as total from {{ ref('orders') }}",
      'models/kept.sql': `{{ config(materialized='incremental') }} select price from {{ ref('orders') }}
{% if is_incremental() %} where false {% endif %}`,
    });
    expect(await run(['run', '--full-refresh', ''])).toMatchObject({ code: 0 });
    write({ 'models/orders.sql': ORDERS(5), 'models/orders/prices.sql': ORDERS(5) });
    // As always: the rows of before stay.
    expect(await run(['run', '--select', 'orders', 'totals'])).toMatchObject({ code: 0 });
    expect(await query('select total::int from shop.totals')).toEqual([{ total: 6 }]);
    const { code, output } = await run(['build', '--full-refresh', 'model.shop.orders']);
    expect(code, output).toBe(0);
    expect(await query('select price from shop.orders')).toEqual([{ price: 5 }]);
    expect(await query('select total::int from shop.totals')).toEqual([{ total: 5 }]);
    expect(await query('select price from shop.prices')).toEqual([{ price: 6 }]);
    expect(await query('select price from shop.kept')).toEqual([{ price: 6 }]);
    const newest = await query(`select model_name from control.dbt_runs where invocation_id in (
      select invocation_id from control.dbt_runs group by 1 order by max(run_timestamp) desc limit 2) order by 1`);
    expect(newest.map(({ model_name: name }) => name)).toEqual(['kept', 'orders', 'totals']);
  });

  it('A84 makes no other model anew, whatever characters paths have', async () => {
    const files = (price: number) => ({
      'models/my orders/orders.sql': ORDERS(price),
      'models/my/ledger.sql': ORDERS(price),
      'models/orders/orders.sql/stray.sql': ORDERS(price),
      'models/v[1]/fees.sql': ORDERS(price),
      'models/v1/more.sql': ORDERS(price),
      'models/a,b/größe.sql': ORDERS(price),
    });
    write(files(6));
    expect(await run(['run'])).toMatchObject({ code: 0 });
    write(files(5));
    const { code, output } = await run(['build', '--full-refresh', 'model.shop.orders,fees,größe']);
    expect(code, output).toBe(0);
    const prices = ['orders', 'ledger', 'stray', 'fees', 'more', '"größe"'].map(
      (name) => `(select price from shop.${name})`,
    );
    expect((await query(`select array[${prices.join()}] as prices`))[0].prices).toEqual([5, 6, 6, 5, 6, 5]);
  });

  it('A84 that dbt could not do without others begins nothing', async () => {
    // With a wild card for the blank, the path is also the other one's.
    const files = (price: number) => ({
      'models/my orders/orders.sql': ORDERS(price),
      'models/my_orders/orders.sql/ledger.sql': ORDERS(price),
    });
    write(files(6));
    expect(await run(['run'])).toMatchObject({ code: 0 });
    write(files(5));
    const { code, output } = await run(['build', '--full-refresh', 'orders']);
    expect({ code, output }).toMatchObject({ code: 78, output: expect.stringContaining('MODELS_NOT_SELECTABLE') });
    expect(output).toContain('model.shop.ledger');
    expect(await query('select o.price, l.price as ledger from shop.orders o, shop.ledger l')).toEqual([
      { price: 6, ledger: 6 },
    ]);
  });

  it('A84 makes anew what lies between two that were chosen, and refuses what keeps its rows there', async () => {
    const files = (price: number) => ({
      'models/orders.sql': ORDERS(price),
      'models/lines.sql': "{{ config(materialized='table') }} select price from {{ ref('orders') }}",
      'models/totals.sql': `{{ config(materialized='incremental') }} select price as total from {{ ref('lines') }}
{% if is_incremental() %} where false {% endif %}`,
    });
    write(files(6));
    expect(await run(['run'])).toMatchObject({ code: 0 });
    write(files(5));
    const { code, output } = await run(['build', '--full-refresh', 'orders,totals']);
    expect(code, output).toBe(0);
    expect(await query('select total from shop.totals')).toEqual([{ total: 5 }]);
    write({
      'models/lines.sql': `{{ config(materialized='incremental', full_refresh=false) }} select price from {{ ref('orders') }}`,
    });
    const refused = await run(['build', '--full-refresh', 'orders,totals']);
    expect(refused).toMatchObject({ code: 78, output: expect.stringContaining('model.shop.lines lies between') });
  });

  it('A84 of a model that nothing reads is well', async () => {
    write({ 'models/orders.sql': ORDERS(5) });
    const { code, output } = await run(['build', '--full-refresh', 'orders']);
    expect(code, output).toBe(0);
  });

  it('A84 of what is no model, or keeps its rows whatever is asked, builds nothing', async () => {
    write({
      'models/orders.sql': ORDERS(5),
      'models/ledger.sql': "{{ config(materialized='incremental', full_refresh=false) }} select 1 as id",
    });
    const unknown = await run(['build', '--full-refresh', 'ordres']);
    expect(unknown).toMatchObject({ code: 78, output: expect.stringContaining('Did you mean orders?') });
    const never = await run(['build', '--full-refresh', 'ledger']);
    expect(never).toMatchObject({ code: 78, output: expect.stringContaining('MODEL_NEVER_REFRESHED') });
    expect(await listRuns()).toEqual([]);
  });
});

it('A84 what contradicts the environment is refused with all else that is wrong', async () => {
  const { code, output } = await run(['run', '--target', 'prod', '--full-refresh', '--vars'], {
    CONTROL_SCHEMA: 'a.b',
  });
  expect(code).toBe(78);
  for (const word of ['--target prod contradicts DBT_TARGET=ci', '"--vars" names no model', 'CONTROL_SCHEMA "a.b"'])
    expect(output).toContain(word);
});

it.each([
  ['the datakit alone', 'kill', 'SIGTERM'],
  ['its whole group, as an executor does', 'killGroup', 'SIGTERM'],
  ['its whole group for good', 'killGroup', 'SIGKILL'],
] as const)('A84 an end of %s is the end of dbt', async (_, kill, signal) => {
  write({
    'models/orders.sql': ORDERS(5),
    'models/slow.sql': "{{ config(materialized='table') }} select pg_sleep(300)::text as s from {{ ref('orders') }}",
  });
  const child = await start(['run']);
  const listSlow = () =>
    query(`select pid from pg_stat_activity where query like '%pg_sleep(300)%' and pid <> pg_backend_pid()`);
  await waitFor('the statement', 60_000, async () => (await listSlow()).length > 0);
  child[kill](signal);
  const exit = await child.waitForExit(20_000);
  await waitFor('no process of the group', 5_000, () => !isGroupAlive(child.pid));
  if (signal === 'SIGKILL') {
    // Nobody was left to cancel it.
    await query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(300)%' and pid <> pg_backend_pid()`,
    );
    return;
  }
  expect(exit.code).toBe(143);
  await waitFor('the end of the statement', 5_000, async () => (await listSlow()).length === 0);
  // dbt says nothing of the one that it was at.
  expect(await listRuns()).toMatchObject([{ model_name: 'orders', status: 'success' }]);
});

function isGroupAlive(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
