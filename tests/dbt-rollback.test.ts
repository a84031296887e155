// A84 end to end: a release whose incremental model loads doubled prices is rolled back with a full refresh of it. The older code comes by
// the environment's deploy command, the server starts one run when it is loaded, the dbt datakit makes the model anew by the real dbt
// in a real PostgreSQL, and control.dbt_runs says so.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, requirePart, type TestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPromotionCommand } from './support/promotion-command.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

// Each start of dbt loads some hundred modules of Python.
vi.setConfig({ testTimeout: 200_000, hookTimeout: 180_000 });

const python = requirePart('dbt');

const PROJECT = `name: shop
profile: shop
version: 1.0.0
config-version: 2
model-paths: [models]
flags: { send_anonymous_usage_stats: false, use_colors: false }
`;
const PROFILES = `shop:
  target: "{{ env_var('DBT_TARGET', 'int') }}"
  outputs:
    int:
      type: postgres
      host: "{{ env_var('WAREHOUSE_HOST', 'x') }}"
      port: "{{ env_var('WAREHOUSE_PORT', '1') | as_number }}"
      user: "{{ env_var('WAREHOUSE_USER', 'x') }}"
      password: "{{ env_var('WAREHOUSE_PASSWORD', 'x') }}"
      dbname: "{{ env_var('WAREHOUSE_DATABASE', 'x') }}"
      schema: shop
      threads: 1
`;
/** Adds what is new, and keeps the rest as it was made. */
const formatOrders = (price: string): string => `{{ config(materialized='incremental') }}
select id, ${price} as price from (values (1, 5), (2, 7)) as source (id, price)
{% if is_incremental() %} where id not in (select id from {{ this }}) {% endif %}
`;
/** Agents of the rig resolve no configuration, which gives DBT_TARGET elsewhere (dbt-variables.test.ts): here the command names it. */
const PIPELINE = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'transform',
  parameters: { fullRefresh: { type: 'array', items: { type: 'string' }, default: [] } },
  tasks: [
    datakitTask({
      id: 'models',
      datakit: 'dbt-models',
      version: '0.1.0',
      command: 'datakit-dbt build --target int --full-refresh "{{ parameters.fullRefresh }}"',
      environmentVariables: VARIABLES,
    }),
  ],
});
`;

let rig: PromotionRig;
let warehouse: TestDatabase;
let client: pg.Client;
const { towpath, waitForLine } = createPromotionCommand(() => rig);
const query = async (sql: string) => (await client.query(sql)).rows;
const folder = () => join(rig.project.folder, 'transform');

/** Records a version of the models and brings it into int. */
async function bringIn(version: string, price: string): Promise<void> {
  if (!python.available) return;
  rig.project.write('transform/models/orders.sql', formatOrders(price));
  const words = ['parse', '--project-dir', folder(), '--profiles-dir', folder(), '--no-partial-parse'];
  const env = { PATH: process.env.PATH, HOME: folder() };
  execFileSync(python.path, ['-c', 'from dbt.cli.main import cli; cli()', ...words], {
    cwd: folder(),
    env,
    stdio: 'pipe',
  });
  rig.commitVersion(version);
  await towpath('anna', 'release', 'create', version);
  await towpath('erin', 'promote', version, '--to', 'int');
  await waitForLine(/succeeded/, 'promotions', 'show', 'int');
}

function formatPipeline(): string {
  const { host, port, user, password } = client;
  const variables = {
    ...{ WAREHOUSE_HOST: host, WAREHOUSE_PORT: String(port), WAREHOUSE_USER: user, WAREHOUSE_PASSWORD: password },
    ...{ WAREHOUSE_DATABASE: warehouse.name, DBT_PROJECT_DIR: join(rig.project.folder, 'applied/transform') },
    DBT_PYTHON: python.available ? python.path : '',
  };
  return PIPELINE.replace('VARIABLES', JSON.stringify(variables));
}

describe.skipIf(!python.available)('A84 the way back of dbt models', () => {
  beforeAll(async () => {
    warehouse = await createTestDatabase({ template: 'empty' });
    client = new pg.Client({ connectionString: warehouse.url });
    await client.connect();
    rig = await startPromotionRig('shop', {
      datakitFolder: 'datakits/dbt',
      // The commit of the release, beside the working tree.
      deployOf: () => ({
        command: [
          'sh',
          '-c',
          'git worktree add --force --detach applied "$TOWPATH_RELEASE_COMMIT" || git -C applied checkout --detach "$TOWPATH_RELEASE_COMMIT"',
        ],
        timeoutSeconds: 60,
        environmentVariables: { PATH: process.env.PATH },
      }),
    });
    rig.project.write(
      '.gitignore',
      'node_modules\n.towpath\n.faults\napplied\ndatakits\ntransform/target\ntransform/logs\n',
    );
    rig.project.write('towpath.yaml', 'name: shop\ndbt: { folder: transform }\n');
    rig.project.write('datakits/.keep', '');
    symlinkSync(fileURLToPath(new URL('../datakits/dbt', import.meta.url)), join(rig.project.folder, 'datakits/dbt'));
    rig.project.write('transform/dbt_project.yml', PROJECT);
    rig.project.write('transform/profiles.yml', PROFILES);
    rig.project.write(
      'transform/models/totals.sql',
      "{{ config(materialized='table') }} select sum(price) as total from {{ ref('orders') }}\n",
    );
    rig.project.write('pipelines/transform.ts', formatPipeline());
    rig.commitVersion('v0.0.0');
    await rig.int.start();
  });
  afterAll(async () => {
    await rig?.close();
    await client?.end();
    await warehouse?.drop();
  });

  it('A84 a bad release leaves rows that going back alone would keep', async () => {
    await bringIn('v1.0.0', 'price');
    await bringIn('v1.1.0', 'price * 2');
    const { code, out } = await towpath('erin', 'run', 'transform', '--environment', 'int');
    expect(code, out + rig.int.output().slice(-2000)).toBe(0);
    expect(await query('select id, price from shop.orders order by id')).toEqual([
      { id: 1, price: 10 },
      { id: 2, price: 14 },
    ]);
  });

  it('A84 the plan says which rows stay, and what would be made anew', async () => {
    const plan = await towpath('bo', 'rollback', 'int', '--plan');
    expect(plan.out).toMatch(/model\.shop\.orders +changed +stay; a full refresh makes them anew/);
    expect(plan.out).toMatch(/model\.shop\.totals +downstream +made anew by its next run +model\.shop\.orders/);
    expect(plan.out).toContain('--full-refresh <models> makes some anew, by a run of transform.');
    const chosen = await towpath('bo', 'rollback', 'int', '--plan', '--full-refresh', 'orders');
    expect(chosen.out).toMatch(/a run of transform makes models anew:[\s\S]*model\.shop\.orders +made anew\n/);
    expect(chosen.out).toMatch(/model\.shop\.totals +built as always, since it reads one/);
    await expect(towpath('erin', 'rollback', 'int', '--full-refresh', 'ordres', '--reason', 'x')).rejects.toMatchObject(
      {
        fix: 'Did you mean orders?',
      },
    );
  });

  it('A84 the rollback makes the model anew, and the control table holds the rows', async () => {
    const [{ count: before } = { count: 0 }] = await query('select count(*)::int as count from control.dbt_runs');
    const asked = await towpath(
      'erin',
      'rollback',
      'int',
      '--full-refresh',
      'orders',
      '--reason',
      'prices are doubled',
    );
    expect(asked.out).toContain('full refresh: waiting.');
    // Three starts of dbt, beside other tests.
    const shown = await waitFor('the refresh to end', 170_000, async () => {
      const { out } = await towpath('bo', 'promotions', 'show', 'int');
      if (!/full refresh: (?:succeeded|failed)/.test(out)) throw new Error(out + rig.int.output().slice(-1000));
      return out;
    });
    expect(shown, rig.int.output().slice(-3000)).toContain('full refresh: succeeded.');
    expect(shown).toMatch(/int back from v1\.1\.0 to v1\.0\.0: succeeded/);
    expect(await query('select id, price from shop.orders order by id')).toEqual([
      { id: 1, price: 5 },
      { id: 2, price: 7 },
    ]);
    expect(await query('select total::int from shop.totals')).toEqual([{ total: 12 }]);
    const rows = await query('select * from control.dbt_runs order by run_timestamp desc limit 2');
    expect(rows).toMatchObject([
      { model_name: 'totals', status: 'success' },
      { model_name: 'orders', status: 'success', rows_affected: '2', error_message: null },
    ]);
    // By the run that the rollback names, and by no other.
    const number = /attempts (\d+) --environment int/.exec(shown)?.[1] ?? '';
    const { out } = await towpath('bo', 'runs', '--environment', 'int', '--json');
    const runs: readonly { readonly id: string; readonly number: number }[] = JSON.parse(out).runs ?? JSON.parse(out);
    expect(runs.find((run) => run.number === Number(number))?.id).toBe(rows[0]?.run_id);
    expect(await query('select count(*)::int as count from control.dbt_runs')).toEqual([{ count: before + 2 }]);
  });
});
