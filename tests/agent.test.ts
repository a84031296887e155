// The agent against a real server: what an attempt gets, and what is true after either of them was killed or away.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import {
  CancelRun,
  GetRun,
  GiveUpAttempt,
  ListEnvironments,
  ListPipelines,
  OpenSession,
  type RunDetail,
  StartRun,
  type TaskView,
} from '@towpath/api';
import { armFailpoints } from '@towpath/core';
import { openAdmin } from '@towpath/server';
import { assertNoOrphans, type SpawnedProcess, spawnProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createTestClient, readWholeLog, waitForRunEnd } from './support/instance.ts';
import { startNarrowProxy } from './support/narrow-proxy.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';

const AGENT_MAIN = fileURLToPath(new URL('./support/agent-main.ts', import.meta.url));

let plane: ControlPlane;
let project: TestProject;
let agents: (TowpathAgent | SpawnedProcess)[];
let lines: string[];

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('agent');
  addProbeDatakit(
    project,
    '[{ name: SOURCE_HOST, required: true, description: Where it reads }, { name: SOURCE_PORT, required: false }]',
  );
  agents = [];
  lines = [];
});

afterEach(async () => {
  armFailpoints(() => undefined);
  for (const agent of agents) {
    if ('close' in agent) await agent.close({ cancelRunning: true });
    else await agent.destroy();
  }
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

function agentOptions(): Omit<AgentOptions, 'log'> {
  return {
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'local',
    stateFolder: join(project.stateFolder, 'agent'),
    projectFolder: project.folder,
    datakitFolders: [join(project.folder, 'datakits/probe')],
    environmentVariables: { SOURCE_HOST: 'example', UNDECLARED_SECRET: 'canary' },
    maxAttempts: 2,
    version: '0.0.0-test',
  };
}

async function startHere(): Promise<TowpathAgent> {
  const agent = await startAgent({ ...agentOptions(), log: (line) => lines.push(line) });
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

/** A pipeline `probe` with one task per script. */
function writePipeline(scripts: Readonly<Record<string, string>>, more = ''): void {
  const tasks = Object.entries(scripts).map(([id, script]) => {
    const command = JSON.stringify(['probe', script]);
    return `datakitTask({ id: '${id}', datakit: 'probe', version: '1.0.0', command: ${command}, ${more} })`;
  });
  project.write(
    'pipelines/probe.ts',
    `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({ name: 'probe', tasks: [${tasks.join(', ')}] });`,
  );
}

async function startRun(): Promise<string> {
  const run = await plane.client.call(StartRun, { body: { pipeline: 'probe', environment: 'local' } });
  return run.id;
}

async function runToEnd(): Promise<RunDetail> {
  return waitForRunEnd(plane.client, await startRun());
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

async function waitForLog(runId: string, id: string, text: string): Promise<string> {
  return await waitFor(`${text} in the log of ${id}`, 20_000, async () => {
    const run = await plane.client.call(GetRun, { params: { runId } });
    const attempt = attemptOf(run, id);
    return attempt.logLengthBytes > text.length && existsSync(flag(`${id}.up`)) ? attempt.id : undefined;
  });
}

/** Path of a file by which a script and its test speak. */
function flag(name: string): string {
  return join(project.folder, name);
}

/** A script that says it is up, prints numbered lines until it is let go, and leaves a result. */
function countingScript(id: string): string {
  return `touch '${flag(`${id}.up`)}'; i=0; while [ ! -e '${flag(`${id}.go`)}' ] && [ $i -lt 4000 ]; do i=$((i+1)); echo line $i; sleep 0.01; done; printf '{"lines":%d}' $i > "$TOWPATH_RESULT"`;
}

async function verifyCounted(run: RunDetail, id: string): Promise<void> {
  const attempt = attemptOf(run, id);
  expect(attempt).toMatchObject({ state: 'succeeded', result: { lines: expect.any(Number) } });
  const { lines: count } = attempt.result as { lines: number };
  const [header, ...rest] = (await readWholeLog(plane.client, attempt.id)).split('\n');
  expect(header).toMatch(/^\[LOCAL\] /);
  expect(rest).toEqual([...Array.from({ length: count }, (_, i) => `line ${i + 1}`), '']);
}

/** Those with a dot are runners that wait, and folders that will be deleted when it is calm. */
function listAttemptFolders(): string[] {
  return readdirSync(join(project.stateFolder, 'agent', 'attempts')).filter((name) => !name.startsWith('.'));
}

it('A20 A87 A88 process: an attempt gets the contract, the declared configuration and nothing else, and its log says what it is', async () => {
  process.env.SECRET_X = 'canary';
  writePipeline({ env: 'env | sort' }, `environmentVariables: { OWN: 'a b', ENVIRONMENT: 'prod' }`);
  await startHere();
  const run = await runToEnd();
  delete process.env.SECRET_X;
  expect(run.state).toBe('succeeded');
  const attempt = attemptOf(run, 'env');
  const [header, ...rest] = (await readWholeLog(plane.client, attempt.id)).trimEnd().split('\n');
  expect(header).toBe(
    `[LOCAL] datakit=probe version=1.0.0 platform=0.0.0-test environment=local run=${run.id} task=env attempt=1`,
  );
  const variables = Object.fromEntries(rest.map((line) => line.split(/=(.*)/s)));
  expect(variables).toMatchObject({
    DATAKIT_NAME: 'probe',
    DATAKIT_VERSION: '1.0.0',
    ENVIRONMENT: 'local',
    OWN: 'a b',
    SOURCE_HOST: 'example',
    TOWPATH_ATTEMPT: '1',
    TOWPATH_ATTEMPT_ID: attempt.id,
    TOWPATH_PLATFORM_VERSION: '0.0.0-test',
    TOWPATH_RUN_ID: run.id,
    TOWPATH_TASK_ID: 'env',
  });
  expect(variables.PATH).toMatch(`${project.folder}/datakits/probe/bin:`);
  expect(rest.join()).not.toContain('canary');
  await waitFor('the folder to be deleted', 5_000, () => listAttemptFolders().length === 0);
});

it('a saved change is registered without a restart, and a broken one keeps the last good pipeline', async () => {
  writePipeline({ first: 'exit 0' });
  await startHere();
  const listTasks = async (): Promise<string[]> => {
    const { pipelines } = await plane.client.call(ListPipelines, {});
    return pipelines.flatMap(({ name, tasks }) => tasks.map(({ id }) => `${name}/${id}`));
  };
  expect(await listTasks()).toEqual(['probe/first']);
  project.write('pipelines/probe.ts', 'this is no TypeScript');
  await waitFor('the error', 20_000, async () => {
    const { codeLocations } = await plane.client.call(ListPipelines, {});
    return codeLocations[0]?.error?.cause?.includes('at pipelines/probe.ts:1:');
  });
  expect(await listTasks()).toEqual(['probe/first']);
  writePipeline({ first: 'exit 0', second: 'exit 0' });
  await waitFor('two tasks', 20_000, async () => (await listTasks()).length === 2);
  project.write(
    'pipelines/new/folder/other.ts',
    `import { datakitTask, definePipeline } from 'towpath';
export const other = definePipeline({ name: 'other', tasks: [datakitTask({ id: 't', datakit: 'probe', version: '1.0.0', command: 'probe true' })] });`,
  );
  await waitFor('the new file', 20_000, async () => (await listTasks()).includes('other/t'));
});

it('pipelines that the server refuses, and errors with whatever text, are recorded beside the last good pipelines', async () => {
  writePipeline({ first: 'exit 0' });
  await startHere();
  const waitForError = (code: string) =>
    waitFor(code, 20_000, async () => {
      const { pipelines, codeLocations } = await plane.client.call(ListPipelines, {});
      expect(pipelines.map(({ name }) => name)).toEqual(['probe']);
      const error = codeLocations[0]?.error;
      return error?.code === code ? error : undefined;
    });
  const graph = `{ schemaVersion: 1, pipeline: 'probe', description: 'x'.repeat(5000), tasks: [] }`;
  project.write(
    'pipelines/probe.ts',
    `export default { name: 'probe', graph: ${graph}, [Symbol.for('towpath.pipeline')]: true };`,
  );
  expect((await waitForError('REQUEST_INVALID')).message).toContain('The server refused the pipelines');
  project.write('pipelines/probe.ts', `throw new Error('a\\0b\\ud800c' + 'x'.repeat(10000));`);
  expect((await waitForError('PIPELINE_MODULE_FAILED')).cause).toContain('a\uFFFDb\uFFFDcxx');
});

it('exit codes, retries and more tasks than slots', async () => {
  const flaky = `[ "$TOWPATH_ATTEMPT" = 3 ] || exit 75`;
  writePipeline(
    { flaky, hopeless: 'exit 78', a: 'true', b: 'true', c: 'true', d: 'true' },
    'retry: { limit: 2, delaySeconds: 0.1 }',
  );
  await startHere();
  const run = await runToEnd();
  expect(taskOf(run, 'flaky').attempts.map(({ exitCode }) => exitCode)).toEqual([75, 75, 0]);
  expect(taskOf(run, 'hopeless').attempts.map(({ exitCode }) => exitCode)).toEqual([78]);
  expect(run.tasks.filter(({ state }) => state === 'succeeded')).toHaveLength(5);
  expect(run.state).toBe('failed');
});

it('what prevents a start is the end of the attempt, with all of the reason', async () => {
  writePipeline({ command: 'true' });
  project.write(
    'pipelines/unknown.ts',
    `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({ name: 'unknown', tasks: [
  datakitTask({ id: 'datakit', datakit: 'nowhere', version: '2.0.0', command: 'probe' }),
  datakitTask({ id: 'command', datakit: 'probe', version: '1.0.0', command: 'no-such-command' }) ] });`,
  );
  await startHere();
  const started = await plane.client.call(StartRun, { body: { pipeline: 'unknown', environment: 'local' } });
  const run = await waitForRunEnd(plane.client, started.id);
  const datakit = attemptOf(run, 'datakit');
  expect(datakit).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED' });
  expect(datakit.reason).toBe('Datakit nowhere 2.0.0 is not installed here. Installed: probe 1.0.0.');
  expect(await readWholeLog(plane.client, datakit.id)).toContain('error DATAKIT_UNKNOWN');
  expect(attemptOf(run, 'command').reason).toContain(`Searched: ${project.folder}/datakits/probe/bin`);
});

it('a required variable that the environment lacks is named', async () => {
  writePipeline({ probe: 'true' });
  const agent = await startAgent({ ...agentOptions(), environmentVariables: {}, log: (line) => lines.push(line) });
  agents.push(agent);
  const run = await runToEnd();
  expect(attemptOf(run, 'probe').reason).toContain('Missing: SOURCE_HOST (Where it reads).');
});

it('a cancelled run ends its processes', async () => {
  writePipeline({ long: `touch '${flag('long.up')}'; sleep 1000` });
  await startHere();
  const runId = await startRun();
  await waitFor('the task', 20_000, () => existsSync(flag('long.up')));
  await plane.client.call(CancelRun, { params: { runId }, body: {} });
  const run = await waitForRunEnd(plane.client, runId);
  expect(run.state).toBe('cancelled');
  expect(attemptOf(run, 'long')).toMatchObject({ state: 'cancelled', reasonCode: 'CANCELLED' });
});

it('an agent that closes with cancelRunning reports its attempts as cancelled, with their logs', async () => {
  writePipeline({
    long: `trap 'echo cleaned up; exit 9' TERM; touch '${flag('long.up')}'; while :; do sleep 0.05; done`,
  });
  const agent = await startHere();
  const runId = await startRun();
  await waitFor('the task', 20_000, () => existsSync(flag('long.up')));
  await agent.close({ cancelRunning: true });
  const run = await plane.client.call(GetRun, { params: { runId } });
  expect(attemptOf(run, 'long')).toMatchObject({ state: 'cancelled', exitCode: 9 });
  expect(await readWholeLog(plane.client, attemptOf(run, 'long').id)).toContain('cleaned up');
  expect(listAttemptFolders()).toEqual([]);
});

it('a killed agent disturbs nothing: the next one adopts, with one result and every byte of the log', async () => {
  writePipeline({ one: countingScript('one'), two: countingScript('two') });
  const killed = await startProcess();
  const runId = await startRun();
  await waitForLog(runId, 'one', '[LOCAL]');
  await waitForLog(runId, 'two', '[LOCAL]');
  killed.kill('SIGKILL');
  await killed.waitForExit();
  // One ends while nobody watches, the other goes on under the next agent.
  project.write('one.go', '');
  await waitFor('the end of one', 20_000, () =>
    listAttemptFolders().some((name) => existsSync(join(project.stateFolder, 'agent', 'attempts', name, 'exit'))),
  );
  await startProcess();
  project.write('two.go', '');
  const run = await waitForRunEnd(plane.client, runId);
  expect(run.state).toBe('succeeded');
  for (const id of ['one', 'two']) {
    expect(taskOf(run, id).attempts).toHaveLength(1);
    expect(attemptOf(run, id).epoch).toBe(2);
    await verifyCounted(run, id);
  }
  await waitFor('the folders to be deleted', 5_000, () => listAttemptFolders().length === 0);
});

it('A25 a frozen agent that thaws after its attempts were given up ends their work; what it reports is shown, not accepted', async () => {
  writePipeline({ long: `touch '${flag('long.up')}'; exec sleep 1000`, brief: countingScript('brief') });
  const frozen = await startProcess();
  const runId = await startRun();
  await waitFor('both tasks', 20_000, () => existsSync(flag('long.up')) && existsSync(flag('brief.up')));
  const read = () => plane.client.call(GetRun, { params: { runId } });
  const areAll = async (wanted: string): Promise<boolean> => {
    const attempts = (await read()).tasks.flatMap((task) => task.attempts);
    return attempts.every(({ state }) => state === wanted);
  };
  // Started and reported: an attempt whose start is answered as stale is dropped without a result.
  await waitFor('both starts to be reported', 20_000, () => areAll('running'));
  frozen.kill('SIGSTOP');
  await waitFor('both attempts to be uncertain', 20_000, () => areAll('uncertain'));
  // One ends while its agent is frozen, the other goes on.
  project.write('brief.go', '');
  for (const id of ['long', 'brief']) {
    const attemptId = attemptOf(await read(), id).id;
    await plane.client.call(GiveUpAttempt, { params: { attemptId }, body: {} });
  }
  expect((await read()).state).toBe('failed');
  await waitFor('the end of brief', 20_000, () =>
    listAttemptFolders().some((name) => existsSync(join(project.stateFolder, 'agent', 'attempts', name, 'exit'))),
  );
  frozen.kill('SIGCONT');
  await waitFor('the folders to be deleted', 20_000, () => listAttemptFolders().length === 0);
  const run = await read();
  expect(attemptOf(run, 'long')).toMatchObject({ state: 'errored', lateResult: { outcome: 'cancelled' } });
  expect(attemptOf(run, 'brief')).toMatchObject({ state: 'errored', result: null, lateResult: { exitCode: 0 } });
  expect(run.state).toBe('failed');
  await assertNoOrphans(join(project.stateFolder, 'agent', 'attempts'));
});

it('a server that is away disturbs nothing: attempts go on, and what happened meanwhile is reported', async () => {
  writePipeline({ one: countingScript('one'), two: countingScript('two') });
  await startHere();
  const runId = await startRun();
  await waitForLog(runId, 'one', '[LOCAL]');
  await waitForLog(runId, 'two', '[LOCAL]');
  await plane.pause();
  project.write('one.go', '');
  await waitFor('the end of one', 20_000, () =>
    listAttemptFolders().some((name) => existsSync(join(project.stateFolder, 'agent', 'attempts', name, 'exit'))),
  );
  await plane.resume();
  project.write('two.go', '');
  const run = await waitForRunEnd(plane.client, runId);
  for (const id of ['one', 'two']) {
    expect(taskOf(run, id).attempts).toHaveLength(1);
    await verifyCounted(run, id);
  }
});

it('a leftover that the server does not know is ended and deleted', async () => {
  writePipeline({ long: `touch '${flag('long.up')}'; sleep 1000` });
  const killed = await startProcess();
  await startRun();
  await waitFor('the task', 20_000, () => existsSync(flag('long.up')));
  killed.kill('SIGKILL');
  await killed.waitForExit();
  await plane.close();
  plane = await startControlPlane();
  await startHere();
  expect(listAttemptFolders()).toEqual([]);
  await assertNoOrphans(join(project.stateFolder, 'agent', 'attempts'));
});

it('when an agent that knows no instances opens the session, work that is not ours any more is stopped, and the agent goes on', async () => {
  writePipeline(
    { long: `[ -e '${flag('long.up')}' ] || { touch '${flag('long.up')}'; sleep 1000; }` },
    'retry: { limit: 1, delaySeconds: 0 }',
  );
  await startHere();
  const runId = await startRun();
  await waitFor('the task', 20_000, () => existsSync(flag('long.up')));
  const intruder = createTestClient(plane.url, plane.agentToken);
  const body = {
    host: hostname(),
    bootId: 'another boot',
    version: '0',
    leftovers: [],
  };
  await intruder.call(OpenSession, { body });
  const run = await waitForRunEnd(plane.client, runId);
  expect(taskOf(run, 'long').attempts.map(({ state }) => state)).toEqual(['errored', 'succeeded']);
  await waitFor('the first process to be gone', 10_000, () => listAttemptFolders().length === 0);
});

it('a result document with whatever JSON allows is reported, or refused by name', async () => {
  const deep = `printf '{"a":' > "$TOWPATH_RESULT"; for i in $(seq 2000); do printf '['; done >> "$TOWPATH_RESULT"; for i in $(seq 2000); do printf ']'; done >> "$TOWPATH_RESULT"; printf '}' >> "$TOWPATH_RESULT"`;
  writePipeline({
    nul: `printf '%s' '{"a":"\\u0000"}' > "$TOWPATH_RESULT"`,
    surrogate: `printf '%s' '{"a":"\\ud800"}' > "$TOWPATH_RESULT"`,
    huge: `printf '%s' '{"a":1e400}' > "$TOWPATH_RESULT"`,
    deep,
    prototype: `printf '%s' '{"a":{"__proto__":{}}}' > "$TOWPATH_RESULT"`,
  });
  await startHere();
  const run = await runToEnd();
  expect(attemptOf(run, 'nul').result).toEqual({ a: '\0' });
  expect(attemptOf(run, 'surrogate').result).toEqual({ a: '\ud800' });
  expect(attemptOf(run, 'deep')).toMatchObject({ state: 'failed', reasonCode: 'RESULT_INVALID', result: null });
  expect(attemptOf(run, 'prototype')).toMatchObject({ state: 'failed', reasonCode: 'RESULT_INVALID', result: null });
  // No double holds it, and what is stored must be what was written.
  expect(attemptOf(run, 'huge')).toMatchObject({ state: 'failed', reasonCode: 'RESULT_INVALID', result: null });
});

it('an end that is refused for its words is reported again without the result', async () => {
  writePipeline({ large: `printf '{"a":"%2000s"}' x > "$TOWPATH_RESULT"` });
  const proxy = await startNarrowProxy(plane.url, { maxFinishBytes: 1000 });
  const agent = await startAgent({ ...agentOptions(), serverUrl: proxy.url, log: (line) => lines.push(line) });
  agents.push(agent);
  const run = await runToEnd();
  expect(attemptOf(run, 'large')).toMatchObject({ state: 'failed', reasonCode: 'RESULT_INVALID', result: null });
  await waitFor('the folder to be deleted', 5_000, () => listAttemptFolders().length === 0);
  await agent.close({ cancelRunning: true });
  await proxy.close();
});

it('a server that knows nothing of releases is served with the working tree', async () => {
  writePipeline({ quick: 'echo done' });
  const proxy = await startNarrowProxy(plane.url, { unknown: /\/release/ });
  const agent = await startAgent({ ...agentOptions(), serverUrl: proxy.url, log: (line) => lines.push(line) });
  agents.push(agent);
  expect(await runToEnd()).toMatchObject({ state: 'succeeded' });
  expect(lines.filter((line) => line.includes('ROUTE_UNKNOWN'))).toEqual([]);
  await agent.close({ cancelRunning: true });
  await proxy.close();
});

/** Two unexpected errors at a failpoint, in this process; waits until both have happened. */
function failTwiceAt(point: string): () => Promise<unknown> {
  let failures = 0;
  armFailpoints((reached) => {
    if (reached !== point || failures === 2) return;
    failures += 1;
    throw new Error('EMFILE: too many open files');
  });
  return () => waitFor(`two errors at ${point}`, 20_000, () => failures === 2);
}

it.each([
  ['while it runs', 'ship-log.before'],
  ['while it runs', 'report-start.before'],
  ['at its end', 'attempt.after-end'],
  ['at its end', 'report-finish.before'],
  ['at its end', 'report-finish.after'],
])('an attempt that meets unexpected errors %s (%s) ends as it did, with its whole log', async (moment, point) => {
  writePipeline({ one: countingScript('one') });
  await startHere();
  const waitForErrors = failTwiceAt(point);
  const runId = await startRun();
  if (moment === 'while it runs') await waitForErrors();
  project.write('one.go', '');
  await waitForErrors();
  const run = await waitForRunEnd(plane.client, runId);
  expect(taskOf(run, 'one').attempts).toHaveLength(1);
  await verifyCounted(run, 'one');
  await waitFor('the folder to be deleted', 5_000, () => listAttemptFolders().length === 0);
  expect(lines.join()).toContain('is tried again: EMFILE');
});

it('an attempt that could not be adopted at once is adopted', async () => {
  writePipeline({ one: countingScript('one') });
  const killed = await startProcess();
  const runId = await startRun();
  await waitForLog(runId, 'one', '[LOCAL]');
  killed.kill('SIGKILL');
  await killed.waitForExit();
  const waitForErrors = failTwiceAt('adopt.before-record');
  await startHere();
  await waitForErrors();
  project.write('one.go', '');
  await verifyCounted(await waitForRunEnd(plane.client, runId), 'one');
});

it('a host that can hold no attempts says so as the end of each', async () => {
  writePipeline({ one: 'true' });
  await startHere();
  const attempts = join(project.stateFolder, 'agent', 'attempts');
  rmSync(attempts, { recursive: true });
  writeFileSync(attempts, 'a file in place of the folder');
  const run = await runToEnd();
  expect(attemptOf(run, 'one')).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED' });
  expect(attemptOf(run, 'one').reason).toContain('ENOTDIR');
});

it('a start that waits for its server ends when it is told to, gives the folder back and leaves attempts alone', async () => {
  writePipeline({ one: countingScript('one') });
  const killed = await startProcess();
  const runId = await startRun();
  await waitForLog(runId, 'one', '[LOCAL]');
  killed.kill('SIGKILL');
  await killed.waitForExit();
  await plane.pause();
  const stopping = new AbortController();
  const options = { ...agentOptions(), log: (line: string) => lines.push(line), signal: stopping.signal };
  const starting = expect(startAgent(options)).rejects.toMatchObject({ code: 'AGENT_START_CANCELLED' });
  await waitFor('the agent to miss its server', 10_000, () => lines.some((line) => line.includes('does not answer')));
  stopping.abort();
  await starting;
  expect(existsSync(join(project.stateFolder, 'agent', 'agent.lock'))).toBe(false);
  await expect(startAgent(options)).rejects.toMatchObject({ code: 'AGENT_START_CANCELLED' });
  await plane.resume();
  await startHere();
  project.write('one.go', '');
  await verifyCounted(await waitForRunEnd(plane.client, runId), 'one');
});

it('a credential that is refused ends the start, with the variable to correct', async () => {
  const wrong = { ...agentOptions(), token: 'no-such-token', log: (line: string) => lines.push(line) };
  await expect(startAgent(wrong)).rejects.toMatchObject({
    code: 'AUTHENTICATION_REQUIRED',
    fix: expect.stringContaining('TOWPATH_AGENT_TOKEN'),
  });
  writePipeline({ probe: 'true' });
  await startHere();
});

it.each([
  ['shared', 'AGAINST_SHARED_MISSING', false],
  ['production', 'EXECUTOR_REFUSED', true],
] as const)('A12 a %s environment is not served, and its session not kept', async (kind, code, isAgainstShared) => {
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'other', kind, position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'other', agent: 'one' });
  await admin.close();
  const refused = startAgent({ ...agentOptions(), token, isAgainstShared, log: (line) => lines.push(line) });
  const fix = {
    shared: '--against-shared',
    production: 'Declare `executor: docker` or `kubernetes` under `environments.other`',
  };
  const said = { message: expect.stringMatching(/^\[OTHER\] /), fix: expect.stringContaining(fix[kind]) };
  await expect(refused).rejects.toMatchObject({ code, ...said });
  const { environments } = await plane.client.call(ListEnvironments);
  expect(environments.find(({ name }) => name === 'other')).toMatchObject({ kind, agents: [] });
  writePipeline({ probe: 'true' });
  await startHere();
});

it('a second agent with the same credential disturbs nothing, waits, and takes over when the first is gone', async () => {
  writePipeline({ one: countingScript('one') });
  const first = await startHere();
  const runId = await startRun();
  await waitForLog(runId, 'one', '[LOCAL]');
  const stateFolder = join(project.stateFolder, 'second');
  const starting = startAgent({ ...agentOptions(), stateFolder, log: (line) => lines.push(`second ${line}`) });
  await waitFor('the second agent to be refused', 20_000, () =>
    lines.some((line) => line.includes('ALREADY_CONNECTED')),
  );
  project.write('one.go', '');
  const run = await waitForRunEnd(plane.client, runId);
  expect(taskOf(run, 'one').attempts).toHaveLength(1);
  await verifyCounted(run, 'one');
  await first.close({ cancelRunning: true });
  agents.push(await starting);
  expect((await runToEnd()).state).toBe('succeeded');
  expect(lines.filter((line) => line.includes('ALREADY_CONNECTED'))).toHaveLength(1);
});

it('two agents never share a state folder', async () => {
  writePipeline({ probe: 'true' });
  await startHere();
  await expect(startHere()).rejects.toMatchObject({ code: 'AGENT_STATE_LOCKED' });
});

it('twenty megabytes of output arrive byte for byte', async () => {
  writePipeline({
    flood: 'i=0; while [ $i -lt 20 ]; do head -c 1048576 /dev/zero | tr "\\\\000" "x"; i=$((i+1)); done',
  });
  await startHere();
  const run = await runToEnd();
  const log = await readWholeLog(plane.client, attemptOf(run, 'flood').id);
  const body = log.slice(log.indexOf('\n') + 1);
  expect(body.length).toBe(20 * 1048576);
  expect(/^x*$/.test(body)).toBe(true);
});
