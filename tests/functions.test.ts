// TypeScript tasks through a real agent and server: what a function gets, which code it runs, and what is true after
// something was killed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { CancelRun, GetRun, ListPipelines, RerunRun, type RunDetail, StartRun, type TaskView } from '@towpath/api';
import { assertNoOrphans, findLeftovers, type SpawnedProcess, spawnProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const AGENT_MAIN = fileURLToPath(new URL('./support/agent-main.ts', import.meta.url));

let plane: ControlPlane;
let project: TestProject;
let agents: (TowpathAgent | SpawnedProcess)[];
let lines: string[];

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('functions');
  agents = [];
  lines = [];
});

afterEach(async () => {
  for (const agent of agents) {
    if ('close' in agent) await agent.close({ cancelRunning: true });
    else await agent.destroy();
  }
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

function agentOptions(stateFolder = 'agent'): Omit<AgentOptions, 'log'> {
  return {
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'local',
    stateFolder: join(project.stateFolder, stateFolder),
    projectFolder: project.folder,
    datakitFolders: [],
    environmentVariables: { SOURCE_HOST: 'example', UNDECLARED_SECRET: 'canary' },
    maxAttempts: 4,
    version: '0.0.0-test',
  };
}

async function startHere(stateFolder?: string): Promise<TowpathAgent> {
  const agent = await startAgent({ ...agentOptions(stateFolder), log: (line) => lines.push(line) });
  agents.push(agent);
  return agent;
}

async function startProcess(): Promise<SpawnedProcess> {
  const args = [AGENT_MAIN, JSON.stringify(agentOptions())];
  const agent = await spawnProcess({ command: process.execPath, args });
  agents.push(agent);
  await agent.waitForOutput(/agent ready/);
  return agent;
}

/** Writes a module with a pipeline `probe`; `tasks` and `before` are TypeScript. */
function writePipeline(tasks: string, { before = '', more = '' } = {}): void {
  project.write(
    'pipelines/probe.ts',
    `import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { functionTask, definePipeline, RetryLater, ConfigurationError } from 'towpath';
${before}
export default definePipeline({ name: 'probe', tasks: [${tasks}], ${more} });`,
  );
}

async function startRun(parameters: Record<string, string | number> = {}): Promise<string> {
  const body = { pipeline: 'probe', environment: 'local', parameters };
  return (await plane.client.call(StartRun, { body })).id;
}

async function runToEnd(parameters: Record<string, string | number> = {}): Promise<RunDetail> {
  return waitForRunEnd(plane.client, await startRun(parameters));
}

function taskOf(run: RunDetail, id: string): TaskView {
  const task = run.tasks.find((candidate) => candidate.id === id);
  if (task === undefined) throw new Error(`There is no task ${id}`);
  return task;
}

function attemptOf(run: RunDetail, id: string, at = 0): TaskView['attempts'][number] {
  const attempt = taskOf(run, id).attempts[at];
  if (attempt === undefined) throw new Error(`Task ${id} has no attempt ${at}`);
  return attempt;
}

const readLog = (run: RunDetail, id: string): Promise<string> => readWholeLog(plane.client, attemptOf(run, id).id);
const readRun = (runId: string): Promise<RunDetail> => plane.client.call(GetRun, { params: { runId } });

/** Path of a file by which a function and its test speak. */
function flag(name: string): string {
  return join(project.folder, name);
}

const attemptsFolder = (): string => join(project.stateFolder, 'agent', 'attempts');

/** Source of a function that says it is up and waits until it is let go; then it returns `result`. */
function waitingFunction(id: string, result: string): string {
  return `async ({ log }) => { writeFileSync('${flag(`${id}.up`)}', String(process.pid)); log('up');
    while (!existsSync('${flag(`${id}.go`)}')) await pause(20); return ${result}; }`;
}

/** Its pid, or what else it wrote. A file that is there and still empty is none: pid 0 would be the group of the tests themselves. */
async function waitUntilUp(id: string): Promise<number> {
  return await waitFor(
    `${id} to be up`,
    20_000,
    () => (existsSync(flag(`${id}.up`)) && Number(readFileSync(flag(`${id}.up`), 'utf8'))) || undefined,
  );
}

it('a function gets inputs, parameters, run, configuration and a fresh environment, and its log says what it is', async () => {
  writePipeline(
    `functionTask({ id: 'rows', run: () => ({ rows: 3 }) }),
     functionTask({ id: 'nothing', run: () => undefined }),
     functionTask({ id: 'report', dependsOn: ['rows', 'nothing'], inputs: ['rows', 'nothing'], configuration: ['SOURCE_HOST'],
       environmentVariables: { OWN: '{{ parameters.day }}' },
       run: async ({ signal, log, ...context }) => {
         log('hello from ' + context.run.name);
         return { ...context, env: process.env.OWN, keys: Object.keys(process.env).length, cwd: process.cwd(), canary: JSON.stringify(process.env).includes('canary') };
       } })`,
    { more: `parameters: { day: { type: 'string', format: 'date' } }` },
  );
  process.env.SECRET_X = 'canary';
  await startHere();
  const run = await runToEnd({ day: '2026-07-01' });
  delete process.env.SECRET_X;
  expect(run.state).toBe('succeeded');
  const { result, id } = attemptOf(run, 'report');
  expect(result).toMatchObject({
    inputs: { rows: { rows: 3 }, nothing: null },
    parameters: { day: '2026-07-01' },
    run: { id: run.id, name: 'probe-local #1', logicalDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    environment: 'local',
    attempt: 1,
    config: { SOURCE_HOST: 'example' },
    env: '2026-07-01',
    cwd: join(attemptsFolder(), id, 'work'),
    canary: false,
  });
  expect(await readLog(run, 'report')).toBe(
    `[LOCAL] function=pipelines/probe.ts#report platform=0.0.0-test environment=local run=${run.id} task=report attempt=1
hello from probe-local #1\n`,
  );
  await waitFor('the folders to be deleted', 5_000, () =>
    readdirSync(attemptsFolder()).every((name) => name.startsWith('.')),
  );
});

it('a module that is edited, and a module it imports, while a run is under way: the run finishes on the code it began with', async () => {
  const write = (version: string): void => {
    project.write('lib/version.ts', `export const VERSION: string = '${version}';`);
    writePipeline(
      `functionTask({ id: 'first', run: ${waitingFunction(version, `{ own: '${version}', lib: VERSION }`)} }),
       functionTask({ id: 'second', dependsOn: ['first'], run: () => ({ own: '${version}', lib: VERSION }) })`,
      { before: `import { VERSION } from '../lib/version.ts';`, more: `description: '${version}'` },
    );
  };
  const waitForDescription = (text: string) =>
    waitFor(`version ${text}`, 20_000, async () => {
      const { pipelines } = await plane.client.call(ListPipelines, {});
      return pipelines[0]?.description === text;
    });
  write('old');
  await startHere();
  const runId = await startRun();
  await waitUntilUp('old');
  write('new');
  await waitForDescription('new');
  project.write('old.go', '');
  const run = await waitForRunEnd(plane.client, runId);
  for (const id of ['first', 'second']) expect(attemptOf(run, id).result).toEqual({ own: 'old', lib: 'old' });
  project.write('new.go', '');
  expect(attemptOf(await runToEnd(), 'second').result).toEqual({ own: 'new', lib: 'new' });
  // A re-run repeats what that run ran.
  const again = await plane.client.call(RerunRun, { params: { runId }, body: { from: 'start' } });
  expect(attemptOf(await waitForRunEnd(plane.client, again.id), 'second').result).toEqual({ own: 'old', lib: 'old' });
  // A change beside pipelines/ alone is noticed, too.
  project.write('lib/version.ts', `export const VERSION: string = 'newest';`);
  await waitFor('the changed import', 20_000, async () => {
    const { lib } = attemptOf(await runToEnd(), 'second').result as { lib: string };
    return lib === 'newest';
  });
});

it('functions made in a loop are each the one of its task', async () => {
  writePipeline(
    `...NAMES.map((name) => functionTask({ id: name, run: () => ({ name }) })),
     functionTask({ id: 'all', dependsOn: NAMES, inputs: NAMES, run: ({ inputs }) => ({ all: Object.values(inputs).map((one) => one?.name).sort() }) })`,
    { before: `const NAMES = Array.from({ length: 12 }, (_, at) => 'part-' + at);` },
  );
  await startHere();
  const run = await runToEnd();
  expect(run.state).toBe('succeeded');
  expect(attemptOf(run, 'part-7').result).toEqual({ name: 'part-7' });
  expect((attemptOf(run, 'all').result as { all: string[] }).all).toHaveLength(12);
});

it("a throw fails the attempt with the author's file and line; 75 is tried again, 78 is not", async () => {
  project.write(
    'lib/deep.ts',
    `interface Row { id: number }\n\nexport function fail(row: Row): never {\n  throw new TypeError('bad row ' + row.id, { cause: new Error('its reason') });\n}\n`,
  );
  writePipeline(
    `functionTask({ id: 'throws', run: async () => { await pause(1); fail({ id: 7 }); } }),
     functionTask({ id: 'later', run: ({ attempt }) => { if (attempt < 3) throw new RetryLater('not yet'); } }),
     functionTask({ id: 'misconfigured', run: () => { throw new ConfigurationError('no such table'); } }),
     functionTask({ id: 'loose', run: async () => { setTimeout(() => { throw new Error('in a timer'); }, 1); await pause(60_000); } }),
     functionTask({ id: 'stuck', run: () => new Promise(() => {}) })`,
    { before: `import { fail } from '../lib/deep.ts';`, more: `retry: { limit: 2, delaySeconds: 0.1 }` },
  );
  await startHere();
  const run = await runToEnd();
  expect(taskOf(run, 'throws').attempts.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
  expect(taskOf(run, 'later').attempts.map(({ exitCode }) => exitCode)).toEqual([75, 75, 0]);
  expect(taskOf(run, 'misconfigured').attempts.map(({ exitCode }) => exitCode)).toEqual([78]);
  const log = await readLog(run, 'throws');
  expect(log).toMatch(
    /\nTypeError: bad row 7\n {4}at fail \(lib\/deep\.ts:4:9\)\n {4}at run \(pipelines\/probe\.ts:5:\d+\)\n/,
  );
  expect(log).toMatch(/\nCaused by: Error: its reason\n {4}at fail \(lib\/deep\.ts:4:53\)/);
  expect(await readLog(run, 'loose')).toContain('Error: in a timer\n    at Timeout._onTimeout (pipelines/probe.ts:8:');
  expect(attemptOf(run, 'loose').exitCode).toBe(1);
  expect(await readLog(run, 'stuck')).toContain('waits for something that can not happen');
});

it('a result that is no JSON object, or larger than 4 KiB, fails as RESULT_INVALID', async () => {
  writePipeline(
    `functionTask({ id: 'large', run: () => ({ text: 'x'.repeat(4096) }) }),
     functionTask({ id: 'text', run: () => 'text' as never }),
     functionTask({ id: 'bigint', run: () => ({ n: 1n }) }),
     functionTask({ id: 'largest', run: () => ({ text: 'x'.repeat(4085) }) })`,
  );
  await startHere();
  const run = await runToEnd();
  for (const id of ['large', 'text', 'bigint'])
    expect(attemptOf(run, id)).toMatchObject({ state: 'failed', exitCode: 0, reasonCode: 'RESULT_INVALID' });
  expect(await readLog(run, 'large')).toContain('The result has 4107 bytes as JSON; at most 4096 are allowed.');
  expect(attemptOf(run, 'largest').state).toBe('succeeded');
});

it('cancelling aborts the signal of a function, and ends at once one that never looks at it', async () => {
  writePipeline(
    `functionTask({ id: 'listens', run: async ({ signal, log }) => { writeFileSync('${flag('listens.up')}', '1');
       try { await pause(60_000, undefined, { signal }); } finally { log('cleaned up'); } } }),
     functionTask({ id: 'deaf', run: async ({ log }) => { writeFileSync('${flag('deaf.up')}', '1'); await pause(60_000); } })`,
  );
  await startHere();
  const runId = await startRun();
  await waitUntilUp('listens');
  await waitUntilUp('deaf');
  const before = performance.now();
  await plane.client.call(CancelRun, { params: { runId }, body: {} });
  const run = await waitForRunEnd(plane.client, runId);
  // Less than the grace time: nothing had to be killed.
  expect(performance.now() - before).toBeLessThan(9_000);
  expect(run.state).toBe('cancelled');
  for (const id of ['listens', 'deaf'])
    expect(attemptOf(run, id)).toMatchObject({ state: 'cancelled', exitCode: 143, reasonCode: 'CANCELLED' });
  expect(await readLog(run, 'listens')).toContain('cleaned up\n');
});

it('a runner that is killed fails its attempt, which is retried in a fresh one', async () => {
  writePipeline(`functionTask({ id: 'victim', retry: { limit: 1, delaySeconds: 0 }, run: async ({ attempt }) => {
    if (attempt === 1) { writeFileSync('${flag('victim.up')}', String(process.pid)); await pause(60_000); }
    return { attempt }; } })`);
  await startHere();
  const runId = await startRun();
  process.kill(await waitUntilUp('victim'), 'SIGKILL');
  const run = await waitForRunEnd(plane.client, runId);
  expect(attemptOf(run, 'victim')).toMatchObject({ state: 'failed', exitCode: 137 });
  expect(attemptOf(run, 'victim', 1)).toMatchObject({ state: 'succeeded', result: { attempt: 2 } });
});

it('a killed agent disturbs no function: the next one adopts it, with one result; waiting runners die with their agent', async () => {
  writePipeline(`functionTask({ id: 'long', run: ${waitingFunction('long', '{ done: true }')} })`);
  const killed = await startProcess();
  const runId = await startRun();
  const pid = await waitUntilUp('long');
  await waitFor(
    'the start to be reported',
    20_000,
    async () => attemptOf(await readRun(runId), 'long').state === 'running',
  );
  killed.kill('SIGKILL');
  await killed.waitForExit();
  const attemptId = attemptOf(await readRun(runId), 'long').id;
  await waitFor('only the attempt to be left', 10_000, () =>
    findLeftovers(attemptsFolder()).every(({ folder }) => folder.startsWith(join(attemptsFolder(), attemptId))),
  );
  expect(() => process.kill(pid, 0)).not.toThrow();
  await startProcess();
  project.write('long.go', '');
  const run = await waitForRunEnd(plane.client, runId);
  expect(taskOf(run, 'long').attempts).toHaveLength(1);
  expect(attemptOf(run, 'long')).toMatchObject({ state: 'succeeded', epoch: 2, result: { done: true } });
  expect(await readLog(run, 'long')).toMatch(/^\[LOCAL\] function=.*\nup\n$/);
});

it('an agent that lacks the bundle downloads it: another state folder re-runs what ran before', async () => {
  writePipeline(`functionTask({ id: 'old', run: () => ({ code: 'old' }) })`);
  const first = await startHere();
  const { id: runId } = await runToEnd();
  await first.close({ cancelRunning: true });
  writePipeline(`functionTask({ id: 'old', run: () => ({ code: 'new' }) })`);
  await startHere('second');
  const again = await plane.client.call(RerunRun, { params: { runId }, body: { from: 'start' } });
  expect(attemptOf(await waitForRunEnd(plane.client, again.id), 'old').result).toEqual({ code: 'old' });
  expect(attemptOf(await runToEnd(), 'old').result).toEqual({ code: 'new' });
});

it('what can not be bundled or found again is an error of the code, with its place', async () => {
  writePipeline(`functionTask({ id: 'ok', run: () => ({}) })`);
  await startHere();
  const waitForError = (code: string) =>
    waitFor(code, 20_000, async () => {
      const { pipelines, codeLocations } = await plane.client.call(ListPipelines, {});
      expect(pipelines.map(({ name }) => name)).toEqual(['probe']);
      const error = codeLocations[0]?.error;
      return error?.code === code ? error : undefined;
    });
  project.write('node_modules/fast/package.json', '{ "name": "fast", "main": "index.js" }');
  project.write('node_modules/fast/index.js', `exports.load = () => require('./fast.node');`);
  project.write('node_modules/fast/fast.node', '');
  writePipeline(`functionTask({ id: 'ok', run: () => ({ loaded: load() }) })`, {
    before: `import { load } from 'fast';`,
  });
  expect((await waitForError('BUNDLE_NATIVE_ADDON')).cause).toContain('node_modules/fast/fast.node');
  writePipeline(`functionTask({ id: 'ok', run: async () => await import('./missing.ts') })`);
  expect((await waitForError('BUNDLE_FAILED')).cause).toContain('at pipelines/probe.ts:5:');
  project.write(
    'pipelines/probe.ts',
    `import { functionTask, definePipeline } from 'towpath';
definePipeline({ name: 'hidden', tasks: [functionTask({ id: 'a', run: () => ({}) })] });`,
  );
  expect((await waitForError('PIPELINE_NOT_EXPORTED')).message).toContain('hidden');
});

it('a variable that the environment lacks is named', async () => {
  writePipeline(`functionTask({ id: 'needs', configuration: ['SOURCE_HOST', 'MISSING_ONE'], run: () => ({}) })`);
  await startHere();
  const attempt = attemptOf(await runToEnd(), 'needs');
  expect(attempt).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED' });
  expect(attempt.reason).toContain('Missing: MISSING_ONE.');
});
