// The presets of `towpath init`: what it writes, and that each of their environments runs the same sample pipeline, with the
// values of that environment, unchanged. Agents are real processes. To the server of this test all environments are of kind
// `local`: this version's only executor serves no others.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GetRun, type RunDetail, StartRun } from '@towpath/api';
import { openAdmin } from '@towpath/server';
import { MOCK_DATABASE, MOCK_LOGINS, startMockSqlServer } from '@towpath/tds';
import { assertNoOrphans, type SpawnedProcess } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { runTowpath, spawnTowpath, startDev, stopDev, waitForRunEnd } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PRESETS: readonly (readonly [preset: string, kinds: Readonly<Record<string, string>>])[] = [
  ['local-int-qa-prod', { local: 'local', int: 'shared', qa: 'shared', prod: 'production' }],
  ['int-prod', { int: 'shared', prod: 'production' }],
  ['A-B', { A: 'shared', B: 'production' }],
  ['local-dev-staging-prod', { local: 'local', dev: 'shared', staging: 'shared', prod: 'production' }],
];

const ENVIRONMENTS = [...new Set(PRESETS.flatMap(([, kinds]) => Object.keys(kinds)))];

let mock: Awaited<ReturnType<typeof startMockSqlServer>>;
let admin: pg.Client;
let plane: ControlPlane;
let project: TestProject;
let agents: SpawnedProcess[];

beforeAll(async () => {
  mock = await startMockSqlServer({ host: '127.0.0.1', port: 0, encryption: 'optional' });
  admin = new pg.Client({ connectionString: process.env.TOWPATH_TEST_DATABASE_ADMIN_URL });
  await admin.connect();
});

afterAll(async () => {
  await admin.end();
  await mock.close();
});

beforeEach(async () => {
  for (const name of ENVIRONMENTS) await admin.query(`create database "${name}_bronze"`);
  plane = await startControlPlane();
  project = createTestProject('presets');
  rmSync(join(project.folder, 'towpath.yaml'));
  agents = [];
});

afterEach(async () => {
  for (const agent of agents) {
    agent.kill('SIGTERM');
    await agent.waitForExit(20_000);
  }
  await plane.close();
  for (const name of ENVIRONMENTS) await admin.query(`drop database "${name}_bronze" with (force)`);
  await assertNoOrphans(project.folder);
  project.remove();
});

/** What a person would fill into the copy of config/.env.example. */
function writeValues(environment: string): void {
  const values: Readonly<Record<string, unknown>> = {
    MSSQL_SERVER: mock.host,
    MSSQL_PORT: mock.port,
    MSSQL_DATABASE: MOCK_DATABASE,
    MSSQL_USERNAME: MOCK_LOGINS.readOnly.username,
    MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password,
    MSSQL_ENCRYPT: 'off',
    BRONZE_HOST: admin.host,
    BRONZE_PORT: admin.port,
    BRONZE_USER: admin.user,
    BRONZE_PASSWORD: admin.password ?? '',
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
  project.write(`config/.env.${environment}`, lines.join(''));
}

/** On one machine the hosts of all environments are this one. */
function shareThisMachine(): void {
  appendFileSync(join(project.folder, 'towpath.yaml'), 'shared: { hosts: ["127.0.0.1", localhost] }\n');
}

async function startAgentOf(environment: string, selected = environment): Promise<SpawnedProcess> {
  const server = await openAdmin(plane.databaseUrl);
  await server.ensureEnvironment({ name: environment, kind: 'local', position: 0 });
  const token = await server.issueAgentCredential({ environment, agent: environment });
  await server.close();
  const state = join(project.folder, '.towpath', environment);
  const env = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: token, ENVIRONMENT: selected };
  const agent = await spawnTowpath(project, ['agent', '--name', environment, '--state', state], env);
  agents.push(agent);
  return agent;
}

async function runIn(environment: string): Promise<RunDetail> {
  const started = await plane.client.call(StartRun, { body: { pipeline: 'sqlserver-bronze', environment } });
  await waitForRunEnd(plane.client, started.id);
  return await plane.client.call(GetRun, { params: { runId: started.id } });
}

async function countProducts(environment: string): Promise<number> {
  const { host, port, user, password } = admin;
  const client = new pg.Client({ host, port, user, password, database: `${environment}_bronze` });
  await client.connect();
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from bronze.dbo_products');
  await client.end();
  return rows[0]?.count ?? 0;
}

it.each(PRESETS)(
  'A1 preset %s: each environment runs the same pipeline unchanged, in its own warehouse',
  async (preset, kinds) => {
    const written = await runTowpath(project, ['init', '--preset', preset, '--name', 'sample', '--yes']);
    expect(written, written.stderr).toMatchObject({ code: 0 });
    shareThisMachine();
    const source = readFileSync(join(project.folder, 'pipelines/sqlserver-bronze.ts'), 'utf8');
    const declared = readFileSync(join(project.folder, 'towpath.yaml'), 'utf8').matchAll(
      /^ {2}(\w+):\n {4}kind: (\w+)/gm,
    );
    expect([...declared].map(([, name, kind]) => [name, kind])).toEqual(Object.entries(kinds));
    const hashes = new Set<string>();
    for (const environment of Object.keys(kinds)) {
      writeValues(environment);
      const agent = await startAgentOf(environment);
      await agent.waitForOutput(/pipelines loaded/, 60_000);
      const run = await runIn(environment);
      expect(run, agent.output()).toMatchObject({ state: 'succeeded', environment });
      hashes.add(run.graphHash);
      expect(await countProducts(environment)).toBe(16);
    }
    expect(hashes.size).toBe(1);
    expect(readFileSync(join(project.folder, 'pipelines/sqlserver-bronze.ts'), 'utf8')).toBe(source);
  },
  180_000,
);

it('A1 init never overwrites, and says what it left', async () => {
  project.write('config/.env.example', 'MINE=1\n');
  const written = await runTowpath(project, ['init', '--preset', 'int-prod', '--yes']);
  expect(written.stdout).toContain('config/.env.example was there already and is unchanged');
  expect(readFileSync(join(project.folder, 'config/.env.example'), 'utf8')).toBe('MINE=1\n');
  const refused = await runTowpath(project, ['init', '--preset', 'nope']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('PRESET_UNKNOWN') });
});

it('dev serves `local` of a preset at once, without a file of values; everything says what its tasks get', async () => {
  await runTowpath(project, ['init', '--preset', 'local-int-qa-prod', '--yes']);
  project.write('config/.env.local', 'FOOBAR=1\n');
  // As in every environment, the process stands above the default; what dev brings stands above the process.
  const dev = await startDev(project, [], { LOG_LEVEL: 'DEBUG', BRONZE_PORT: '1' });
  expect(dev.process.output()).toMatch(/sqlserver-bronze-local #1 succeeded: \d+ rows landed/);
  expect(dev.process.output()).toContain('VARIABLE_UNDECLARED [LOCAL] FOOBAR is no declared variable');
  expect((await runTowpath(project, ['environment', 'show'])).stdout).toMatch(/LOG_LEVEL +DEBUG +process/);
  for (const words of [
    ['environment', 'show'],
    ['config', 'explain'],
  ])
    expect((await runTowpath(project, words)).stdout).toMatch(/BRONZE_DATABASE +bronze +dev/);
  const missing = await runTowpath(project, ['run', 'sqlserver-bronze', '--no-wait'], { ENVIRONMENT: 'int' });
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('ENVIRONMENT_FILE_MISSING') });
  expect(await runTowpath(project, ['doctor', '--only', 'instance,environment'])).toMatchObject({ code: 0 });
  await stopDev(dev);
}, 180_000);

it('dev serves `local` beside a declaration that has none, and stops nobody from applying it', async () => {
  await runTowpath(project, ['init', '--preset', 'A-B', '--yes']);
  const dev = await startDev(project);
  const run = await runTowpath(project, ['run', 'sqlserver-bronze', '--no-wait']);
  expect(run).toMatchObject({
    code: 0,
    stderr: '[LOCAL] is what `npx towpath dev` serves here; ENVIRONMENT is not set.\n',
  });
  const nonsense = await runTowpath(project, ['run', 'sqlserver-bronze'], { ENVIRONMENT: 'nonsense' });
  expect(nonsense).toMatchObject({ code: 1, stderr: expect.stringContaining('ENVIRONMENT_UNKNOWN') });
  const judged = await runTowpath(project, ['doctor', '--environment', 'local', '--only', 'instance,environment']);
  expect(judged).toMatchObject({ code: 0 });
  const applied = await runTowpath(project, ['environment', 'apply']);
  expect(applied).toMatchObject({ code: 0, stdout: 'A: added\nB: added\nApplied.\n' });
  await stopDev(dev);
}, 180_000);

it('a dry run shows the files of a preset and writes none', async () => {
  const shown = await runTowpath(project, ['init', '--preset', 'A-B', '--dry-run']);
  expect(shown.stdout).toContain('  config/.env.example\n');
  expect(existsSync(join(project.folder, 'towpath.yaml'))).toBe(false);
});

it('an agent without the file of its environment, or with the values of another one, does not start', async () => {
  await runTowpath(project, ['init', '--preset', 'int-prod', '--yes']);
  shareThisMachine();
  const missing = await startAgentOf('int');
  expect((await missing.waitForExit(20_000)).code).not.toBe(0);
  expect(missing.stderr()).toMatch(/ENVIRONMENT_FILE_MISSING[\s\S]*cp config\/\.env\.example config\/\.env\.int/);
  writeValues('prod');
  const wrong = await startAgentOf('int', 'prod');
  expect((await wrong.waitForExit(20_000)).code).not.toBe(0);
  expect(wrong.stderr()).toContain('ENVIRONMENT_MISMATCH');
  project.write('config/.env.int', 'MSSQL_SERVER=x\n');
  const incomplete = await startAgentOf('int');
  await incomplete.waitForExit(20_000);
  expect(incomplete.stderr()).toMatch(/MSSQL_DATABASE[\s\S]*MSSQL_USERNAME[\s\S]*MSSQL_PASSWORD/);
});
