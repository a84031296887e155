// Repeating a run: with its own graph, whole or from what failed.
import { CancelRun, GetRun, ListRuns, RegisterCode, RerunRun, type RunDetail } from '@towpath/api';
import type { GraphTask } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());
beforeEach(async () => {
  agent = await openSimulatedAgent(t.agent);
});

const readRun = (runId: string) => t.engineer.call(GetRun, { params: { runId } });
const rerun = (runId: string, from: 'start' | 'failed') =>
  t.engineer.call(RerunRun, { params: { runId }, body: { from } });

/** Works on everything there is; the named tasks fail. */
async function workOff(failing: readonly string[] = []): Promise<string[]> {
  const worked: string[] = [];
  for (let grants = await agent.claim(); grants.length > 0; grants = await agent.claim()) {
    for (const grant of grants) {
      const isFailing = failing.includes(grant.taskId);
      await agent.finish([grant], isFailing ? { outcome: 'failed', exitCode: 1 } : {});
      worked.push(grant.taskId);
    }
  }
  return worked;
}

// a ─▶ b ─▶ d ─▶ e;  c ─▶ d
const DIAMOND: readonly GraphTask[] = [
  buildTask('a'),
  buildTask('b', { dependsOn: ['a'] }),
  buildTask('c'),
  buildTask('d', { dependsOn: ['b', 'c'] }),
  buildTask('e', { dependsOn: ['d'] }),
];

function statesOf(run: RunDetail): Record<string, string> {
  return Object.fromEntries(run.tasks.map(({ id, state }) => [id, state]));
}

async function startFailed(): Promise<RunDetail> {
  const runId = await startRunOf(t, DIAMOND);
  await workOff(['b']);
  const run = await readRun(runId);
  expect(statesOf(run)).toMatchObject({ a: 'succeeded', b: 'failed', c: 'succeeded', d: 'upstream_failed' });
  return run;
}

test('from failed: what succeeded counts, with the attempt that earned it; the rest runs', async () => {
  const original = await startFailed();
  const planned = await rerun(original.id, 'failed');
  expect(planned).toMatchObject({
    state: 'queued',
    trigger: 'rerun',
    createdBy: 'erin',
    rerunOf: { id: original.id, number: original.number },
    taskCounts: { succeeded: 2, ready: 1, waiting: 2 },
  });
  expect(planned.number).toBe(original.number + 1);
  expect(await workOff()).toEqual(['b', 'd', 'e']);
  const run = await readRun(planned.id);
  expect(run.state).toBe('succeeded');
  const earned = original.tasks.map(({ state, attempts }) => (state === 'succeeded' ? attempts[0]?.id : null));
  expect(run.tasks.map((task) => task.reusedFromAttemptId)).toEqual(earned);
  expect(run.tasks.map(({ attempts }) => attempts.length)).toEqual([0, 1, 0, 1, 1]);
  expect(await readRun(original.id)).toEqual(original);
  const { runs } = await t.engineer.call(ListRuns, { query: { limit: 1 } });
  expect(runs).toMatchObject([{ id: planned.id, rerunOf: { id: original.id } }]);
  const started = await t.engineer.call(ListRuns, { query: { trigger: 'manual', limit: 1 } });
  expect(started.runs).toMatchObject([{ id: original.id }]);
  const repeated = await t.engineer.call(ListRuns, { query: { trigger: 'rerun', limit: 1 } });
  expect(repeated.runs).toMatchObject([{ id: planned.id }]);
});

test('from failed, again: a reused success leads to the attempt that earned it, in whichever run', async () => {
  const original = await startFailed();
  const second = await rerun(original.id, 'failed');
  await workOff(['d']);
  const third = await rerun(second.id, 'failed');
  expect(await workOff()).toEqual(['d', 'e']);
  const [a, b, c] = (await readRun(third.id)).tasks;
  const [firstA, , firstC] = original.tasks;
  const [, secondB] = (await readRun(second.id)).tasks;
  expect([a, b, c].map((task) => task?.reusedFromAttemptId)).toEqual(
    [firstA, secondB, firstC].map((task) => task?.attempts[0]?.id),
  );
  expect(await readRun(third.id)).toMatchObject({ state: 'succeeded', rerunOf: { id: second.id } });
});

test('from the start: everything runs again, also after a success', async () => {
  const runId = await startRunOf(t, DIAMOND);
  await workOff();
  const planned = await rerun(runId, 'start');
  expect(planned).toMatchObject({ trigger: 'rerun', rerunOf: { id: runId } });
  expect((await workOff()).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect((await readRun(planned.id)).tasks.map((task) => task.reusedFromAttemptId)).toEqual(DIAMOND.map(() => null));
});

test('the graph is that of the original, not the newest, also when the pipeline is gone', async () => {
  const original = await startFailed();
  const changed = buildGraph('daily', [buildTask('other')]);
  await t.agent.call(RegisterCode, { body: buildRegistration([changed], 'code-daily') });
  const again = await rerun(original.id, 'start');
  expect(await readRun(again.id)).toMatchObject({ graphHash: original.graphHash, sourceFile: original.sourceFile });
  await workOff();
  await t.agent.call(RegisterCode, { body: buildRegistration([], 'code-daily') });
  const planned = await rerun(original.id, 'failed');
  expect(await workOff()).toEqual(['b', 'd', 'e']);
  expect((await readRun(planned.id)).graphHash).toBe(original.graphHash);
});

test('what is not over, and a success without failures, is refused', async () => {
  const runId = await startRunOf(t, DIAMOND);
  for (const from of ['start', 'failed'] as const) {
    await expect(rerun(runId, from)).rejects.toMatchObject({ code: 'RUN_NOT_ENDED', problem: { status: 409 } });
  }
  await workOff();
  await expect(rerun(runId, 'failed')).rejects.toMatchObject({ code: 'RUN_SUCCEEDED' });
});

test('a cancelled run goes on from what it had', async () => {
  const runId = await startRunOf(t, DIAMOND);
  const [a, c] = await agent.claim(2);
  await agent.finish(a && c ? [a, c] : []);
  await t.engineer.call(CancelRun, { params: { runId }, body: {} });
  const planned = await rerun(runId, 'failed');
  expect(planned.taskCounts).toEqual({ succeeded: 2, ready: 1, waiting: 2 });
  await t.engineer.call(CancelRun, { params: { runId: planned.id }, body: {} });
  expect(await readRun(planned.id)).toMatchObject({ state: 'cancelled', taskCounts: { succeeded: 2, cancelled: 3 } });
  expect(await workOff()).toEqual([]);
});
