// Tasks that an agent has prefetched, beyond its slots: they are nobody's to lose. What does not begin goes to who has room, and neither
// a death nor a cancel costs a task anything, though none of these may be repeated.
import { CancelRun, GetRun, type RunDetail, StartRun } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { migrate } from '@towpath/server';
import { createTestDatabase, type TestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { UNEVEN } from './support/fault-pipelines.ts';
import { type FaultRig, startFaultRig } from './support/fault-rig.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';
import { verifyNothingLeft } from './support/verify-faults.ts';
import { describeAttempts, verifySucceededRun } from './support/verify-run.ts';

vi.setConfig({ testTimeout: 120_000 });

const DEADLINE_MS = 60_000;

let project: TestProject;
let database: TestDatabase;
let rig: FaultRig;

beforeAll(async () => {
  project = createTestProject('prefetch');
  project.write('pipelines/uneven.ts', UNEVEN);
  database = await createTestDatabase({ template: 'state', migrate });
  rig = await startFaultRig({ project, databaseUrl: database.url, agents: ['one', 'two'] });
});
afterAll(async () => {
  await rig.close();
  await database.drop();
  project.remove();
});

beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.log(rig.agents.map((agent) => agent.output().slice(-3000)).join('\n---\n')));
});

const read = (runId: string) => rig.client.call(GetRun, { params: { runId } });

const attemptsOf = ({ tasks }: RunDetail) => tasks.flatMap(({ attempts }) => attempts);

const countStates = (run: RunDetail, state: string) => attemptsOf(run).filter((one) => one.state === state).length;

/** A run whose long tasks have come: three of them run, and others wait behind them for a moment. Repeated on a busy machine. */
async function reachPrefetch(): Promise<string> {
  return await waitFor('tasks to be prefetched', DEADLINE_MS, async () => {
    const { id } = await rig.client.call(StartRun, { body: { pipeline: 'uneven', environment: 'local' } });
    for (;;) {
      const run = await read(id);
      const hasLong = run.tasks.some((task) => task.id.startsWith('long') && task.state === 'running');
      if (hasLong && countStates(run, 'granted') + countStates(run, 'running') > 3) return id;
      if (isTerminalRunState(run.state)) throw new Error(describeAttempts(run));
    }
  });
}

async function waitForEnd(runId: string): Promise<RunDetail> {
  return await waitFor('the run to end', DEADLINE_MS, async () => {
    const run = await read(runId);
    if (isTerminalRunState(run.state)) return run;
    throw new Error(describeAttempts(run));
  });
}

const [one, two] = [0, 1].map((at) => () => {
  const agent = rig.agents[at];
  if (!agent) throw new Error(`there is no agent ${at}`);
  return agent;
}) as [() => FaultRig['agent'], () => FaultRig['agent']];

const verifyNothing = () => verifyNothingLeft(rig.client, ['one', 'two'].map(rig.attemptsFolder));

test('what would wait behind long tasks is given back, and begins where there is room', async () => {
  await two().kill();
  const runId = await reachPrefetch();
  await waitFor('what waits to be given back', DEADLINE_MS, async () => {
    const run = await read(runId);
    return run.tasks.some(({ id, state }) => id.startsWith('long') && state === 'ready');
  });
  await two().start();
  const run = await waitForEnd(runId);
  await verifySucceededRun(rig.client, run);
  expect(attemptsOf(run).every(({ number }) => number === 1)).toBe(true);
  await verifyNothing();
});

test('A25 an agent that is killed with them loses none: the next one begins them, as the first attempt', async () => {
  await two().kill();
  const runId = await reachPrefetch();
  await one().kill();
  await one().start();
  const run = await waitForEnd(runId);
  await verifySucceededRun(rig.client, run);
  expect(attemptsOf(run).map(({ number, state }) => `${number} ${state}`)).toEqual(run.tasks.map(() => '1 succeeded'));
  await verifyNothing();
});

test('a run that is cancelled ends them unbegun, without waiting for a slot', async () => {
  const runId = await reachPrefetch();
  await rig.client.call(CancelRun, { params: { runId }, body: {} });
  const run = await waitForEnd(runId);
  expect(run.state).toBe('cancelled');
  expect(countStates(run, 'errored')).toBe(0);
  await verifyNothing();
});

test('an agent that ends and leaves its work gives them back first', async () => {
  await two().kill();
  const runId = await reachPrefetch();
  await waitFor('the short ones to be reported', DEADLINE_MS, async () => {
    const { tasks } = await read(runId);
    return tasks.every(({ id, state }) => !id.startsWith('short') || state === 'succeeded');
  });
  one().current.kill('SIGTERM');
  await one().current.waitForExit(DEADLINE_MS);
  const run = await read(runId);
  // What runs goes on, reported or not; three of them do.
  expect(countStates(run, 'granted') + countStates(run, 'running')).toBeLessThanOrEqual(3);
  await one().start();
  expect((await waitForEnd(runId)).state).toBe('succeeded');
  await verifyNothing();
});
