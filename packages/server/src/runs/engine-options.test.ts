// What a graph may ask for besides its shape, over the API: trigger rules, inputs, parameters, protocol.
import { type AttemptGrant, CancelRun, ClaimAttempts, GetRun, RegisterCode, RerunRun, StartRun } from '@towpath/api';
import type { Graph, GraphTask, TaskState } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

async function readStates(runId: string): Promise<Record<string, TaskState>> {
  return Object.fromEntries((await readRun(runId)).tasks.map(({ id, state }) => [id, state]));
}

async function claimOne(): Promise<AttemptGrant> {
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  return grant;
}

const FAILED = { outcome: 'failed', exitCode: 1 } as const;

describe('trigger rules', () => {
  const tasks = [
    buildTask('load'),
    buildTask('check', { dependsOn: ['load'] }),
    buildTask('alarm', { dependsOn: ['load', 'check'], triggerRule: 'one_failed' }),
    buildTask('call', { dependsOn: ['alarm'] }),
    buildTask('clean', { dependsOn: ['check', 'call'], triggerRule: 'all_done' }),
  ];

  test('a failure ends what needed it, raises the alarm at once, and the clean-up runs last', async () => {
    const runId = await startRunOf(t, tasks);
    await agent.finish([await claimOne()], FAILED);
    expect(await readStates(runId)).toEqual({
      load: 'failed',
      check: 'upstream_failed',
      alarm: 'ready',
      call: 'waiting',
      clean: 'waiting',
    });
    for (const id of ['alarm', 'call', 'clean']) {
      const grant = await claimOne();
      expect(grant.taskId).toBe(id);
      await agent.finish([grant]);
    }
    expect(await readRun(runId)).toMatchObject({ state: 'failed', taskCounts: { succeeded: 3 } });
  });

  test('without a failure the alarm and what hangs on it are skipped, and the run has succeeded', async () => {
    const runId = await startRunOf(t, tasks);
    await agent.finish([await claimOne()]);
    await agent.finish([await claimOne()]);
    expect(await readStates(runId)).toMatchObject({ alarm: 'skipped', call: 'skipped', clean: 'ready' });
    await agent.finish([await claimOne()]);
    expect((await readRun(runId)).state).toBe('succeeded');
    const repeat = t.engineer.call(RerunRun, { params: { runId }, body: { from: 'failed' } });
    await expect(repeat).rejects.toMatchObject({ code: 'RUN_SUCCEEDED' });
  });

  test('a retry comes before the alarm: only the last failure counts', async () => {
    const retried = buildTask('load', { retry: { limit: 1, delaySeconds: 0 } });
    const runId = await startRunOf(t, [retried, ...tasks.slice(1)]);
    await agent.finish([await claimOne()], FAILED);
    expect(await readStates(runId)).toMatchObject({ load: 'ready', alarm: 'waiting' });
    await agent.finish([await claimOne()], FAILED);
    expect(await readStates(runId)).toMatchObject({ load: 'failed', alarm: 'ready' });
    await t.engineer.call(CancelRun, { params: { runId }, body: {} });
    expect((await readRun(runId)).state).toBe('cancelled');
  });

  test('a re-run of a failure repeats the alarm, too, and skips it when all goes well', async () => {
    const runId = await startRunOf(t, tasks);
    await agent.finish([await claimOne()], FAILED);
    for (let left = 3; left > 0; left -= 1) await agent.finish([await claimOne()]);
    const rerun = await t.engineer.call(RerunRun, { params: { runId }, body: { from: 'failed', note: 'again' } });
    for (const id of ['load', 'check', 'clean']) {
      const grant = await claimOne();
      expect(grant.taskId).toBe(id);
      await agent.finish([grant]);
    }
    expect(await readRun(rerun.id)).toMatchObject({ state: 'succeeded', note: 'again' });
    expect(await readStates(rerun.id)).toMatchObject({ alarm: 'skipped', call: 'skipped' });
  });

  test('two upstreams that end in one report are counted both', async () => {
    const fanIn = [buildTask('a'), buildTask('b'), buildTask('c', { dependsOn: ['a', 'b'], triggerRule: 'all_done' })];
    const runId = await startRunOf(t, fanIn);
    await agent.finish(await agent.claim(2), FAILED);
    expect(await readStates(runId)).toEqual({ a: 'failed', b: 'failed', c: 'ready' });
    await agent.finish([await claimOne()]);
  });
});

describe('inputs', () => {
  const tasks = [
    buildTask('a'),
    buildTask('b'),
    buildTask('c', { dependsOn: ['a', 'b'], inputs: ['a', 'b'], triggerRule: 'all_done' }),
    buildTask('d', { dependsOn: ['a'] }),
  ];
  const rows = { rows: 3, files: ['x'], 'odd key': null };

  test('are the result documents of the named upstreams; what did not succeed or left none is null', async () => {
    await startRunOf(t, tasks);
    const [a, b] = await agent.claim(2);
    await agent.finish(a ? [a] : [], { result: rows });
    await agent.finish(b ? [b] : [], FAILED);
    const [c, d] = await agent.claim(2);
    expect(c).toMatchObject({ taskId: 'c', inputs: { a: rows, b: null } });
    expect(d).toMatchObject({ taskId: 'd', inputs: null });
    await agent.finish([c, d].flatMap((grant) => grant ?? []));
  });

  test('of a re-run are those of the attempt whose success it reuses, through any number of re-runs', async () => {
    const fails = buildTask('c', { dependsOn: ['a'], inputs: ['a'] });
    let runId = await startRunOf(t, [buildTask('a'), fails]);
    await agent.finish([await claimOne()], { result: rows });
    for (let round = 0; round < 3; round += 1) {
      const grant = await claimOne();
      expect(grant).toMatchObject({ taskId: 'c', inputs: { a: rows } });
      await agent.finish([grant], FAILED);
      runId = (await t.engineer.call(RerunRun, { params: { runId }, body: { from: 'failed' } })).id;
    }
    await agent.finish([await claimOne()]);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('reach an agent that takes the attempt over', async () => {
    await startRunOf(t, [buildTask('a'), buildTask('c', { dependsOn: ['a'], inputs: ['a'] })]);
    await agent.finish([await claimOne()], { result: rows });
    const grant = await claimOne();
    const next = await openSimulatedAgent(t.agent, { leftovers: [grant] });
    expect(next.adopted).toMatchObject([{ epoch: 2, inputs: { a: rows } }]);
    await next.finish(next.adopted);
  });
});

describe('parameters', () => {
  const graph: Graph = {
    ...buildGraph('parametrised', [
      buildTask('a', {
        argv: ['load', '--day={{ parameters.day }}', '{{ parameters.tables }}', '{{ run.number }}'],
        environmentVariables: { RUN: '{{ run.id }}', DATE: '{{ run.logicalDate }}' },
      }),
    ]),
    parameters: {
      day: { type: 'string', format: 'date' },
      tables: { type: 'array', items: { type: 'string' }, default: ['a', 'b'] },
      rows: { type: 'integer', minimum: 1, default: 10 },
    },
  };
  const start = (parameters?: Record<string, string | number>) =>
    t.engineer.call(StartRun, {
      body: { pipeline: 'parametrised', environment: 'int', ...(parameters && { parameters }) },
    });
  beforeAll(async () => {
    await t.agent.call(RegisterCode, { body: buildRegistration([graph], 'parameters') });
  });

  test('fill commands and variables word by word, are frozen with the run, and a re-run has the same', async () => {
    const day = '2026-11-25';
    const { id: runId, number } = await start({ day });
    const first = await claimOne();
    expect(first.argv).toEqual(['load', `--day=${day}`, 'a,b', String(number)]);
    expect(first.parameters).toEqual({ day, tables: ['a', 'b'], rows: 10 });
    expect(first.environmentVariables).toMatchObject({ RUN: runId });
    const loggedDate = first.environmentVariables.DATE;
    expect(loggedDate).toBe(first.logicalAt?.slice(0, 10));
    await agent.finish([first], FAILED);
    const rerun = await t.engineer.call(RerunRun, { params: { runId }, body: { from: 'start' } });
    const second = await claimOne();
    expect(second).toMatchObject({ runId: rerun.id, parameters: first.parameters, logicalAt: first.logicalAt });
    expect(second.environmentVariables).toMatchObject({ RUN: rerun.id, DATE: loggedDate });
    await agent.finish([second]);
  });

  test('that are missing, unknown or wrong are refused together, and no run is planned', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'PARAMETERS_INVALID', reason: 'day is required' });
    await expect(start({ day: '2026-02-30', rows: 0, other: 1 })).rejects.toMatchObject({
      reason: expect.stringMatching(/other.*day must be a day.*rows must be at least 1/),
    });
    expect(await agent.claim()).toEqual([]);
  });
});

describe('protocol', () => {
  const BUNDLE = 'c'.repeat(64);
  const functionTask: GraphTask = {
    id: 'f',
    kind: 'function',
    module: 'pipelines/f.ts',
    export: 'default',
    environmentVariables: {},
    dependsOn: [],
    retry: { limit: 0, delaySeconds: 0 },
    timeoutSeconds: 60,
    idempotent: false,
  };

  test('an agent of protocol 1 never gets a task with inputs, and is sent grants as it knows them', async () => {
    const old = await openSimulatedAgent(t.agent, { protocol: 1 });
    const tasks = [buildTask('a'), buildTask('c', { dependsOn: ['a'], inputs: ['a'] })];
    const runId = await startRunOf(t, tasks);
    const params = { sessionId: old.sessionId };
    const { attempts } = await t.agent.call(ClaimAttempts, { params, body: { slots: 9, waitMs: 0 } });
    expect(attempts.map(({ taskId }) => taskId)).toEqual(['a']);
    await old.finish(attempts, { result: { rows: 1 } });
    expect(await old.claim(9)).toEqual([]);
    expect(await readStates(runId)).toMatchObject({ c: 'ready' });
    const newer = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent), { protocol: 2 });
    const grants = await newer.claim(9);
    expect(grants).toMatchObject([{ taskId: 'c', inputs: { a: { rows: 1 } } }]);
    await newer.finish(grants);
  });

  test('of a reply to protocol 1, every key is one that its agents know', async () => {
    const old = await openSimulatedAgent(t.agent, { protocol: 1 });
    await startRunOf(t, [buildTask('a')]);
    const response = await fetch(`${t.server.url}/api/agent/sessions/${old.sessionId}/claim`, {
      method: 'POST',
      headers: { authorization: `Bearer ${t.tokens.agent}`, 'content-type': 'application/json' },
      body: JSON.stringify({ slots: 1, waitMs: 0 }),
    });
    const reply: { attempts: AttemptGrant[] } = JSON.parse(await response.text());
    const known = [
      'argv',
      'attemptId',
      'attemptNumber',
      'datakit',
      'environmentVariables',
      'epoch',
      'pipeline',
      'runId',
    ];
    const more = ['runName', 'specHash', 'taskId', 'timeoutSeconds'];
    expect(Object.keys(reply.attempts[0] ?? {}).sort()).toEqual([...known, ...more]);
    await old.finish(reply.attempts);
  });

  test('a function whose bundle nobody has is refused at registration', async () => {
    const body = buildRegistration([buildGraph('functions', [functionTask])], 'functions');
    const register = (bundleHash?: string) =>
      t.agent.call(RegisterCode, { body: { ...body, ...(bundleHash && { bundleHash }) } });
    await expect(register()).rejects.toMatchObject({ code: 'BUNDLE_UNKNOWN' });
    await expect(register(BUNDLE)).rejects.toMatchObject({ code: 'BUNDLE_UNKNOWN' });
  });
});
