// A secret from its declaration to an attempt, by the real agent: what it is fetched from changes, and where it must not be.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GetRun, type RunDetail, StartRun } from '@towpath/api';
import { openAdmin } from '@towpath/server';
import { assertNoOrphans, type SpawnedProcess } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { runTowpath, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { dumpDatabase, readFiles } from './support/secret-places.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

let plane: ControlPlane;
let project: TestProject;
let agent: SpawnedProcess | undefined;

const PROJECT = `name: secretive
variables:
  API_TOKEN: { secret: true, required: true }
  WAREHOUSE: { type: dsn, secret: true }
environments:
  local: { kind: local, owns: { secretPaths: ["/local/"] }, secrets: { provider: file, folder: secrets, ttlSeconds: 0 } }
  prod: { kind: production, owns: { secretPaths: ["/prod/"], hosts: ["*.prod.example"] } }
`;
const PIPELINE = `import { definePipeline, functionTask } from 'towpath';
import { createHash } from 'node:crypto';
export default definePipeline({
  name: 'use',
  tasks: [functionTask({ id: 'only', configuration: ['API_TOKEN'], run: ({ config }) =>
    ({ digest: createHash('sha256').update(config.API_TOKEN).digest('hex') }) }),
  ],
});
`;

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('secrets');
  project.write('towpath.yaml', PROJECT);
  project.write('pipelines/use.ts', PIPELINE);
  project.write('config/.env.local', 'API_TOKEN=secret://local/api#token\n');
  agent = undefined;
});

afterEach(async () => {
  agent?.kill('SIGTERM');
  await agent?.waitForExit(20_000);
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

const writeSecret = (token: string): void => project.write('secrets/local/api', JSON.stringify({ token }), 0o600);

async function startAgent(more: Record<string, string> = {}): Promise<SpawnedProcess> {
  const admin = await openAdmin(plane.databaseUrl);
  const token = await admin.issueAgentCredential({ environment: 'local', agent: 'local' });
  await admin.close();
  const env = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: token, ENVIRONMENT: 'local', ...more };
  agent = await spawnTowpath(project, ['agent', '--state', join(project.folder, '.towpath/local')], env);
  return agent;
}

async function run(): Promise<RunDetail> {
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'use', environment: 'local' } });
  await waitForRunEnd(plane.client, id);
  return await plane.client.call(GetRun, { params: { runId: id } });
}

const digestOf = (detail: RunDetail): unknown => detail.tasks[0]?.attempts.at(-1)?.result;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('A50 a changed secret is used by the next run without a new start, and nothing keeps it', async () => {
  writeSecret('canary-one-5f2c');
  const running = await startAgent();
  await running.waitForOutput(/pipelines loaded/, 60_000);
  expect(digestOf(await run())).toEqual({ digest: sha256('canary-one-5f2c') });
  writeSecret('canary-two-9a7b');
  expect(digestOf(await run())).toEqual({ digest: sha256('canary-two-9a7b') });
  const dump = await dumpDatabase(plane.databaseUrl);
  const files = readFiles(project.folder, (path) => path.includes(`${project.folder}/secrets/`));
  for (const place of [dump, running.output(), files]) expect(place).not.toMatch(/canary-(?:one|two)/);
  expect(running.output()).toMatch(
    /\[LOCAL\] secret secret:\/\/local\/api#token read by attempt [0-9a-f-]+ from file: /,
  );
});

it('an attempt whose secret is gone does not start, and says which', async () => {
  await (await startAgent()).waitForOutput(/pipelines loaded/, 60_000);
  const [task] = (await run()).tasks;
  expect(task?.attempts.at(-1)).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED' });
  expect(task?.attempts.at(-1)?.reason).toContain('local/api');
});

/** The one attempt of a pipeline whose function asks for this variable. */
async function runAsking(variable: string, env: Record<string, string> = {}): Promise<unknown> {
  project.write('pipelines/use.ts', PIPELINE.replaceAll('API_TOKEN', variable));
  await (await startAgent(env)).waitForOutput(/pipelines loaded/, 60_000);
  return (await run()).tasks[0]?.attempts.at(-1);
}

it('A8 a fetched secret that names what another environment owns starts no attempt, and is not told', async () => {
  project.write('config/.env.local', 'API_TOKEN=secret://local/api#token\nWAREHOUSE=secret://local/api#token\n');
  writeSecret('postgres://loader:canary-one-5f2c@db.prod.example/sales');
  const attempt = await runAsking('WAREHOUSE');
  expect(attempt).toMatchObject({
    state: 'errored',
    reasonCode: 'START_FAILED',
    reason: expect.stringContaining('prod owns'),
  });
  expect(`${JSON.stringify(attempt)}${agent?.output()}${await dumpDatabase(plane.databaseUrl)}`).not.toContain(
    'canary-one',
  );
});

it('what only the process of the agent has reaches no attempt where environments are declared', async () => {
  writeSecret('canary-one-5f2c');
  const attempt = await runAsking('UNDECLARED_HOST', { UNDECLARED_HOST: 'db.prod.example' });
  expect(attempt).toMatchObject({ state: 'errored', reason: expect.stringContaining('UNDECLARED_HOST') });
});

it('an environment that asks for the path of another one is refused before anything is asked', async () => {
  writeSecret('canary-one-5f2c');
  project.write('config/.env.local', 'API_TOKEN=secret:///prod/api#token\n');
  const validated = await runTowpath(project, ['config', 'validate', '--environment', 'local']);
  expect(validated).toMatchObject({ code: 78 });
  expect(validated.stdout + validated.stderr).toContain('prod');
  const refused = await startAgent();
  expect((await refused.waitForExit(20_000)).code).not.toBe(0);
});
