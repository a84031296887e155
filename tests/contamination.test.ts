// What belongs to another environment is refused even when the code of a task names it: a real agent, server and database.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartRun } from '@towpath/api';
import { assertNoOrphans, type SpawnedProcess } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';

const PROJECT = `name: apart
variables:
  API_URL: { type: url, default: "https://api.local.example/v1" }
  LAKE: { type: bucket }
  ROWS: { type: integer }
environments:
  local:
    kind: local
    owns: { hosts: ["*.local.example"], buckets: ["local-*"] }
    targets:
      bronze: { type: postgres, host: db.local.example, database: bronze }
      lake: { type: s3, location: "s3://local-lake" }
  prod: { kind: production, owns: { hosts: ["*.prod.example"], buckets: ["prod-*"] } }
`;

let plane: ControlPlane;
let project: TestProject;
let agent: SpawnedProcess | undefined;

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('contamination');
  project.write('towpath.yaml', PROJECT);
  project.write('config/.env.local', '');
  addProbeDatakit(project, '[{ name: API_URL, required: true }]');
});

afterEach(async () => {
  agent?.kill('SIGTERM');
  await agent?.waitForExit(20_000);
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

async function runWith(variables: Readonly<Record<string, string>>) {
  const task = `{ id: 'only', datakit: 'probe', version: '1.0.0', command: ${JSON.stringify(['probe', `printf '%s' "$DBT_TARGET $TOWPATH_BRONZE_ZONE" > "${join(project.folder, 'started')}"`])}, environmentVariables: ${JSON.stringify(variables)} }`;
  project.write(
    'pipelines/probe.ts',
    `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({ name: 'probe', tasks: [datakitTask(${task})], retry: { limit: 2, delaySeconds: 0 } });`,
  );
  agent = await spawnTowpath(project, ['agent'], {
    ...{ TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: plane.agentToken, ENVIRONMENT: 'local' },
  });
  await agent.waitForOutput(/pipelines loaded/, 60_000);
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'probe', environment: 'local' } });
  const [attempt, ...again] = (await waitForRunEnd(plane.client, id)).tasks[0]?.attempts ?? [];
  // Whether it succeeds or is refused for good, it is tried once.
  expect(again).toEqual([]);
  return attempt;
}

it('A8 a task that sets variables to what another environment owns does not start, and all that is wrong is told', async () => {
  const attempt = await runWith({
    ...{ API_URL: 'https://api.prod.example/v1', LAKE: 'prod-lake', ROWS: 'many' },
    ...{ BRONZE_HOST: 'db.prod.example', LAKE_LOCATION: 's3://prod-lake/raw', PGHOST: 'db.prod.example' },
  });
  expect(attempt).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED' });
  const variables = [
    'API_URL names',
    'LAKE names',
    'ROWS must be',
    'BRONZE_HOST names',
    'LAKE_LOCATION names',
    'PGHOST names',
  ];
  for (const words of variables) expect(attempt?.reason).toContain(words);
  expect(existsSync(join(project.folder, 'started'))).toBe(false);
});

it('A7 names that follow from the environment are not for a task to set', async () => {
  const attempt = await runWith({ DBT_TARGET: 'prod', TOWPATH_BRONZE_ZONE: 'prod-bronze-zone' });
  expect(attempt).toMatchObject({ state: 'succeeded' });
  expect(readFileSync(join(project.folder, 'started'), 'utf8')).toBe('local local-bronze-zone');
});

it('A7 each attempt has the names that follow from its environment, without its manifest naming them', async () => {
  expect(await runWith({})).toMatchObject({ state: 'succeeded' });
  expect(readFileSync(join(project.folder, 'started'), 'utf8')).toBe('local local-bronze-zone');
});

it('a task may set what its environment owns, and what nobody declares', async () => {
  expect(await runWith({ API_URL: 'https://other.local.example/v2', MODE: 'prod' })).toMatchObject({
    state: 'succeeded',
  });
});
