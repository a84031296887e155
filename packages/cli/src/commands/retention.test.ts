// `towpath retention` and `towpath sizing` as commands, on a real PostgreSQL.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../program.ts';
import { createTestContext } from '../testing/test-context.ts';

let folder: string;
let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-retention-'));
  mkdirSync(join(folder, 'config'));
  for (const environment of ['dev', 'prod']) writeFileSync(join(folder, `config/.env.${environment}`), '');
  database = await createTestDatabase({ template: 'empty' });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await client.query(`
    drop schema if exists bronze cascade;
    create schema bronze;
    create table bronze.orders (id int, _loaded_at timestamptz default now());
    insert into bronze.orders values (1, now() - interval '8 days'), (2, now() - interval '6 days');`);
  declare('');
});

function declare(dev: string): void {
  const { host, port, user } = client;
  const postgres = `{ type: postgres, host: "${host}", port: ${port}, database: ${database.name}, user: "${user}", password: "\${BRONZE_PASSWORD}" }`;
  writeFileSync(
    join(folder, 'towpath.yaml'),
    `name: x
variables:
  BRONZE_PASSWORD: { type: string, secret: true }
environments:
  dev:
    kind: shared
    owns: { buckets: ["dev-*"] }
    targets: { bronze: ${postgres} }
    sizing: { cpu: 0.5, memory: 1Gi, workers: 1, retentionDays: 7, spot: true, zones: 1 }
    ${dev}
  prod: { kind: production, owns: { buckets: ["prod-*"] } }
`,
  );
}

async function run(...args: readonly string[]): Promise<string> {
  const env = { BRONZE_PASSWORD: typeof client.password === 'string' ? client.password : 'none' };
  const test = createTestContext({ cwd: folder, env });
  await runProgram(test.context, args);
  return test.out();
}

async function listIds(): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>('select id from bronze.orders order by id');
  return rows.map(({ id }) => id);
}

it('tables: a dry run counts and leaves everything, --apply deletes what was loaded too long ago', async () => {
  const retention = ['retention', '--zone', 'bronze', '--environment', 'dev'];
  const shown = JSON.parse(await run(...retention, '--json'));
  expect(shown).toMatchObject({ environment: 'dev', isApplied: false, data: [{ name: 'bronze.orders', count: 1 }] });
  expect(await listIds()).toEqual([1, 2]);
  expect(await run(...retention, '--apply')).toMatch(
    /^\[DEV\] bronze, kept for 7 days[\s\S]*bronze\.orders +1 .*\nDeleted\.\n$/,
  );
  expect(await listIds()).toEqual([2]);
  expect(await run(...retention, '--apply')).toContain('nothing was loaded before');
});

it.each([
  ['prod', 'bronze', '', 'RETENTION_UNDECLARED'],
  ['dev', 'gold', '', 'ZONE_UNDECLARED'],
  ['dev', 'copper', '', 'ZONE_UNKNOWN'],
  ['staging', 'bronze', '', 'ENVIRONMENT_UNKNOWN'],
  ['dev', 'bronze', 'zones: { bronze: prod-other }', 'RESOURCE_OWNED_BY_OTHER'],
])('%s %s %s is refused: %s', async (environment, zone, dev, code) => {
  declare(dev);
  await expect(run('retention', '--zone', zone, '--environment', environment, '--apply')).rejects.toMatchObject({
    code,
  });
  expect(await listIds()).toEqual([1, 2]);
});

it('without an environment nothing is guessed', async () => {
  await expect(run('retention', '--zone', 'bronze')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNSET' });
});

it('sizing shows the one table', async () => {
  const [header, dev] = (await run('sizing')).split('\n');
  expect(header?.split(/ {2,}/)).toEqual([
    'environment',
    'kind',
    'cpu',
    'memory',
    'workers',
    'retention days',
    'spot',
    'zones',
  ]);
  expect(dev?.split(/ {2,}/)).toEqual(['dev', 'shared', '0.5', '1Gi', '1', '7', 'true', '1']);
});
