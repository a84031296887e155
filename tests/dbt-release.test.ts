// A release names the models of its dbt project, as the real dbt sees them; the way back says first which of them it touches.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { requirePart } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPromotionCommand } from './support/promotion-command.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

// Each start of dbt compiles or loads some hundred modules of Python.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const python = requirePart('dbt');

const DBT_PROJECT = `name: shop
profile: shop
version: 1.0.0
config-version: 2
model-paths: [models]
macro-paths: [macros]
flags: { send_anonymous_usage_stats: false, use_colors: false }
`;
/** Parsing connects to nothing. */
const PROFILES = `shop:
  target: ci
  outputs:
    ci: { type: postgres, host: localhost, port: 1, user: x, password: x, dbname: x, schema: x }
`;

let rig: PromotionRig;
const { towpath, waitForLine } = createPromotionCommand(() => rig);

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) rig.project.write(`transform/${path}`, text);
};

function parse(): void {
  if (!python.available) return;
  const folder = join(rig.project.folder, 'transform');
  const words = ['parse', '--project-dir', folder, '--profiles-dir', folder, '--no-partial-parse'];
  const env = { PATH: process.env.PATH, HOME: folder };
  execFileSync(python.path, ['-c', 'from dbt.cli.main import cli; cli()', ...words], {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
}

/** Records a version of these models and brings it into int. */
async function bringIn(version: string): Promise<void> {
  parse();
  rig.commitVersion(version);
  await towpath('anna', 'release', 'create', version);
  await towpath('erin', 'promote', version, '--to', 'int');
  await waitForLine(/succeeded/, 'promotions', 'show', 'int');
}

describe.skipIf(!python.available)('dbt in a release', () => {
  beforeAll(async () => {
    rig = await startPromotionRig('shop');
    rig.project.write('.gitignore', 'node_modules\n.towpath\n.faults\ntransform/target\ntransform/logs\n');
    rig.project.write('towpath.yaml', 'name: shop\ndbt: { folder: transform }\n');
    write({
      'dbt_project.yml': DBT_PROJECT,
      'profiles.yml': PROFILES,
      'macros/cents.sql': '{% macro cents(x) %}({{ x }} * 100){% endmacro %}\n',
      'models/orders.sql': 'select 1 as id, 5 as price\n',
      'models/fees.sql':
        "{{ config(materialized='incremental') }}\r\n\nselect id,\t {{ cents('price') }} as fee from {{ ref('orders') }}\n",
      'models/daily.sql': "select sum(fee) as fees from {{ ref('fees') }}\n",
      'models/prices.sql': 'select 2 as price\n',
    });
    rig.commitVersion('v1.0.0');
    await rig.int.start();
  });
  afterAll(() => rig.close());

  it('a release without its manifest, or with one of other files, is not recorded', async () => {
    await expect(towpath('anna', 'release', 'create', 'v1.0.0')).rejects.toMatchObject({
      code: 'DBT_MANIFEST_MISSING',
    });
    parse();
    write({ 'models/orders.sql': 'select 1 as id, 6 as price\n' });
    rig.commitVersion('v1.0.0');
    await expect(towpath('anna', 'release', 'create', 'v1.0.0')).rejects.toMatchObject({ code: 'DBT_MANIFEST_STALE' });
  });

  it('the same content is the same release, however often dbt parses it', async () => {
    await bringIn('v1.0.0');
    parse();
    expect((await towpath('anna', 'release', 'create', 'v1.0.0')).out).toContain('is recorded already');
  });

  it('a comparison names models that were added, changed by their file or a macro, and removed', async () => {
    write({
      'macros/cents.sql': '{% macro cents(x) %}round({{ x }} * 100){% endmacro %}\n',
      'models/venues.sql': "select 1 as venue from {{ ref('prices') }}\n",
    });
    await bringIn('v1.1.0');
    const { out } = await towpath('bo', 'release', 'diff', 'v1.0.0', 'v1.1.0', '--json');
    const { differences } = JSON.parse(out);
    const models = differences.filter(({ kind }: { kind: string }) => kind === 'model');
    expect(models).toMatchObject([
      { name: 'model.shop.fees', before: expect.any(String), after: expect.any(String) },
      { name: 'model.shop.venues', before: null },
    ]);
  });

  it('the way back says first where it leads and which models it touches, and changes nothing', async () => {
    const { out } = await towpath('bo', 'rollback', 'int', '--plan');
    expect(out).toContain('int would go back from v1.1.0 to v1.0.0.');
    expect(out).toMatch(/model\.shop\.daily +downstream +made anew by its next run +model\.shop\.fees\n/);
    expect(out).toMatch(/model\.shop\.fees +changed +stay; a full refresh makes them anew/);
    expect(out).toMatch(/model\.shop\.venues +removed +stay; nothing builds it any more/);
    expect(out).not.toContain('model.shop.orders');
    expect((await towpath('bo', 'promotions', 'show', 'int')).out).toContain('v1.1.0 to int: succeeded');
    expect(out).toContain('No pipeline of that release makes models anew on demand.');
    await expect(towpath('erin', 'rollback', 'int')).rejects.toMatchObject({ code: 'REASON_MISSING' });
    for (const words of [
      ['--by', 'shop'],
      ['--full-refresh', ' ,'],
    ])
      await expect(towpath('bo', 'rollback', 'int', '--plan', ...words)).rejects.toMatchObject({
        code: 'USAGE_INVALID',
      });
  });
});
