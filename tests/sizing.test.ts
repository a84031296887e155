// The one table of sizes reaches what runs: `towpath agent` on a real server, with a project that declares it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListEnvironments, type RunDetail, StartRun } from '@towpath/api';
import { assertNoOrphans, type SpawnedProcess } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';

const READY_MS = 60_000;

let plane: ControlPlane;
let project: TestProject;
let agent: SpawnedProcess | undefined;

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('sizing');
  addProbeDatakit(project);
});
afterEach(async () => {
  agent?.kill('SIGTERM');
  await agent?.waitForExit(30_000);
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

function declare(sizing: string): void {
  project.write('towpath.yaml', `name: sizing\nenvironments: { local: { kind: local, sizing: ${sizing} } }\n`);
}

/** Tasks of pipeline `sized`, with what they need at hand. */
function writePipeline(tasks: string): void {
  project.write(
    'pipelines/sized.ts',
    `import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { datakitTask, definePipeline, functionTask } from 'towpath';
const ROOT = ${JSON.stringify(project.folder)};
export default definePipeline({ name: 'sized', tasks: [${tasks}] });`,
  );
}

async function startAgent(args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}) {
  agent = await spawnTowpath(project, ['agent', '--server', plane.url, ...args], {
    ENVIRONMENT: 'local',
    TOWPATH_AGENT_TOKEN: plane.agentToken,
    ...variables,
  });
  await agent.waitForOutput(/pipelines? loaded/, READY_MS);
}

async function run(): Promise<RunDetail> {
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'sized', environment: 'local' } });
  return await waitForRunEnd(plane.client, id);
}

async function readLog(ended: RunDetail, taskId: string): Promise<string> {
  const task = ended.tasks.find(({ id }) => id === taskId);
  return await readWholeLog(plane.client, task?.attempts[0]?.id ?? '');
}

async function findMaxAttempts(): Promise<number | null | undefined> {
  const { environments } = await plane.client.call(ListEnvironments);
  return environments[0]?.agents[0]?.maxAttempts;
}

const ENVIRONMENT = '$TOWPATH_CPU $TOWPATH_MEMORY_MIB $TOWPATH_WORKERS';

test('A26 cpu, memory and workers reach commands and functions, the heap of functions, and what people are shown', async () => {
  declare('{ cpu: 0.5, memory: 256Mi, workers: 1, retentionDays: 7 }');
  writePipeline(
    `datakitTask({ id: 'command', datakit: 'probe', version: '1.0.0', command: ['probe', 'echo "sized ${ENVIRONMENT}"'] }),
     functionTask({ id: 'function', run: ({ log }) => {
       const { TOWPATH_CPU, TOWPATH_MEMORY_MIB, TOWPATH_WORKERS } = process.env;
       log(\`sized \${TOWPATH_CPU} \${TOWPATH_MEMORY_MIB} \${TOWPATH_WORKERS}\`);
       log(\`heap \${Math.round(getHeapStatistics().heap_size_limit / 1024 / 1024)}\`);
     } }),
     functionTask({ id: 'greedy', run: () => { const kept: unknown[] = []; for (;;) kept.push(Array.from({ length: 1000 }, () => ({}))); } })`,
  );
  await startAgent();
  expect(await findMaxAttempts()).toBe(1);
  const shown = createTestContext({ env: { TOWPATH_SERVER: plane.url, TOWPATH_TOKEN: plane.accessToken } });
  await runProgram(shown.context, ['agents']);
  expect(shown.out()).toMatch(/local +local +live .* 0, runs 1 at a time\n/);
  const ended = await run();
  expect(await readLog(ended, 'command')).toContain('sized 0.5 256 1\n');
  expect(await readLog(ended, 'function')).toContain('sized 0.5 256 1\n');
  const heapMiB = Number(/heap (\d+)/.exec(await readLog(ended, 'function'))?.[1]);
  expect(heapMiB).toBeGreaterThan(150);
  expect(heapMiB).toBeLessThanOrEqual(192);
  const greedy = ended.tasks.find(({ id }) => id === 'greedy');
  expect(greedy).toMatchObject({ state: 'failed', attempts: [{ exitCode: 134 }] });
  expect(await readLog(ended, 'greedy')).toContain('heap out of memory');
});

test('A26 workers is how many attempts run at a time', async () => {
  declare('{ workers: 1 }');
  const entry = (id: string): string =>
    `functionTask({ id: '${id}', run: async () => {
       appendFileSync(ROOT + '/order', 'begin\\n'); await pause(50); appendFileSync(ROOT + '/order', 'end\\n');
     } })`;
  writePipeline(['a', 'b', 'c'].map(entry).join(', '));
  await startAgent();
  expect((await run()).state).toBe('succeeded');
  expect(readFileSync(join(project.folder, 'order'), 'utf8')).toBe('begin\nend\n'.repeat(3));
});

test('A26 flag, then variable stand above the declaration of workers', async () => {
  declare('{ workers: 1 }');
  const meet = (own: string, other: string): string =>
    `functionTask({ id: '${own}', timeoutSeconds: 20, run: async () => {
       writeFileSync(ROOT + '/${own}', ''); while (!existsSync(ROOT + '/${other}')) await pause(10);
     } })`;
  writePipeline([meet('a', 'b'), meet('b', 'a')].join(', '));
  await startAgent([], { TOWPATH_MAX_ATTEMPTS: '2' });
  expect(await findMaxAttempts()).toBe(2);
  expect((await run()).state).toBe('succeeded');
  agent?.kill('SIGTERM');
  await agent?.waitForExit(30_000);
  await startAgent(['--max-attempts', '3'], { TOWPATH_MAX_ATTEMPTS: '2' });
  expect(await findMaxAttempts()).toBe(3);
  const refused = await spawnTowpath(project, ['agent', '--server', plane.url, '--state', 'other'], {
    ENVIRONMENT: 'local',
    TOWPATH_AGENT_TOKEN: plane.agentToken,
    TOWPATH_MAX_ATTEMPTS: 'many',
  });
  expect((await refused.waitForExit(30_000)).code).toBe(1);
  expect(refused.stderr()).toContain('MAX_ATTEMPTS_INVALID');
});
