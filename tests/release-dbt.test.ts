// The dbt models of a release are those of its commit. The manifest is written here, in the shape of dbt 1.12; `dbt-release.test.ts` has the
// real one.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { getProject } from '@towpath/config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildRelease } from '../packages/cli/src/releases/build-release.ts';
import { type GitHistory, openGitHistory } from './support/git-history.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const ORDERS = 'select 1 as id';
const MACRO = '{% macro cents(x) %}({{ x }} * 100){% endmacro %}';

let project: TestProject;
let git: GitHistory;
beforeEach(() => {
  project = createTestProject('built');
  project.write('.gitignore', 'node_modules\ntransform/target\ntransform/dbt_packages\nprofiles.yml\ndraft*\n');
  project.write('towpath.yaml', 'name: built\ndbt: { folder: transform }\n');
  project.write('CHANGELOG.md', '## 1.0.0\n\nThe first one.\n');
  project.write('transform/dbt_project.yml', 'name: shop\nmodel-paths: [sql]\n');
  project.write('transform/sql/orders.sql', ORDERS);
  project.write('transform/macros/cents.sql', MACRO);
  project.write('transform/dbt_packages/other/models/fees.sql', 'select 1');
  project.write('transform/profiles.yml', 'shop: {}\n');
  git = openGitHistory(project.folder);
  parse();
});
afterEach(() => project.remove());

/** As if dbt had done so a minute from now. */
function parse(orders = ORDERS): void {
  const node = { resource_type: 'model', package_name: 'shop', original_file_path: 'sql/orders.sql' };
  const checksum = { name: 'sha256', checksum: createHash('sha256').update(orders).digest('hex') };
  const macro = { package_name: 'shop', original_file_path: 'macros/cents.sql', macro_sql: MACRO };
  const manifest = {
    metadata: { project_name: 'shop', generated_at: new Date(Date.now() + 60_000).toISOString() },
    nodes: { 'model.shop.orders': { unique_id: 'model.shop.orders', ...node, checksum } },
    macros: { 'macro.shop.cents': macro },
    disabled: {},
  };
  project.write('transform/target/manifest.json', JSON.stringify(manifest));
}

const build = () =>
  buildRelease(getProject(project.folder), 'v1.0.0', { imagesFrom: undefined, findCredentials: async () => undefined });

const gitDo = (...words: readonly string[]) => execFileSync('git', words, { cwd: join(project.folder, 'transform') });

it('A63 models are those of the commit; packages, profiles and what dbt writes are none of it', async () => {
  git.commitAll('first');
  expect((await build()).body.dbt).toMatchObject({ project: 'shop', models: [{ name: 'model.shop.orders' }] });
});

it.each([
  ['a model', 'transform/sql/orders.sql', 'select 2 as id'],
  ['YAML', 'transform/dbt_project.yml', 'name: shop\nmodels: { +full_refresh: false }\n'],
])('A63 %s that Git takes for unchanged is refused', async (_, path, text) => {
  git.commitAll('first');
  gitDo('update-index', '--assume-unchanged', join(project.folder, path));
  project.write(path, text);
  parse(text);
  await expect(build()).rejects.toMatchObject({ code: 'RELEASE_UNCOMMITTED', reason: expect.stringContaining(path) });
});

it('A63 a model that Git ignores is refused', async () => {
  git.commitAll('first');
  project.write('transform/sql/draft.sql', ORDERS);
  await expect(build()).rejects.toMatchObject({
    code: 'RELEASE_UNCOMMITTED',
    reason: 'transform/sql/draft.sql (not in the commit).',
  });
});

it.each([
  ['a model that it lacks', 'sql/late.sql', ORDERS, 0],
  ['another macro', 'macros/cents.sql', '{% macro cents(x) %}({{ x }} * 10){% endmacro %}', 0],
  ['a macro that is newer', 'macros/names.sql', '{% macro names() %}{% endmacro %}', 120],
  ['YAML that is newer', 'dbt_project.yml', 'name: shop\nmodels: { +full_refresh: false }\n', 120],
])('A63 a manifest of another project is stale: %s', async (_, path, text, laterSeconds) => {
  project.write(`transform/${path}`, text);
  const at = Date.now() / 1000 + laterSeconds;
  utimesSync(join(project.folder, 'transform', path), at, at);
  git.commitAll('first');
  await expect(build()).rejects.toMatchObject({
    code: 'DBT_MANIFEST_STALE',
    message: `The manifest of dbt is of another ${path} than lies there.`,
  });
});
