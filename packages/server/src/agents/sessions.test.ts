import { type AttemptGrant, CloseSession, GetRun, ListEnvironments, RenewSession } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

/** Short, so that silence is noticed within a test; nothing here depends on its exact value. */
const LEASE_SECONDS = 0.5;

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), { leaseSeconds: LEASE_SECONDS });
});
afterEach(() => t.close());

const readRun = (runId: string) => t.engineer.call(GetRun, { params: { runId } });
const renew = (sessionId: string) => t.agent.call(RenewSession, { params: { sessionId } });

async function readAttempt(runId: string) {
  const [task] = (await readRun(runId)).tasks;
  const attempt = task?.attempts.at(-1);
  if (!task || !attempt) throw new Error('the run has no attempt');
  return { ...attempt, taskState: task.state, attempts: task.attempts.length };
}

async function startOne(agent: SimulatedAgent, overrides = {}): Promise<{ runId: string; grant: AttemptGrant }> {
  const runId = await startRunOf(t, [buildTask('a', overrides)]);
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  return { runId, grant };
}

describe('a new session of an agent', () => {
  test('adopts what it found running, under a new epoch; the old session is refused everywhere', async () => {
    const old = await openSimulatedAgent(t.agent);
    const { runId, grant } = await startOne(old);
    await old.start([grant]);
    const next = await openSimulatedAgent(t.agent, { leftovers: [grant] });
    expect(next.adopted).toEqual([{ ...grant, epoch: 2 }]);
    expect(next.refused).toEqual([]);
    expect(await old.finish([grant])).toEqual([grant.attemptId]);
    expect(await old.start([grant])).toEqual([grant.attemptId]);
    await expect(old.claim()).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    await expect(renew(old.sessionId)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    expect((await readRun(runId)).state).toBe('running');
    expect(await next.finish(next.adopted)).toEqual([]);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('wakes the waiting claim of the old one, which learns that it has ended', async () => {
    const old = await openSimulatedAgent(t.agent);
    const waiting = expect(old.claim(1, 30_000)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    await openSimulatedAgent(t.agent);
    await waiting;
  });

  test('adopts an attempt whose raised epoch it never heard of', async () => {
    const { runId, grant } = await startOne(await openSimulatedAgent(t.agent));
    await openSimulatedAgent(t.agent, { leftovers: [grant] });
    const third = await openSimulatedAgent(t.agent, { leftovers: [grant] });
    expect(third.adopted).toEqual([{ ...grant, epoch: 3 }]);
    await third.finish(third.adopted);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('refuses leftovers that ended, belong to another agent, or are unknown', async () => {
    const first = await openSimulatedAgent(t.agent);
    const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
    const { grant: ended } = await startOne(first);
    await first.finish([ended]);
    const { grant: foreign } = await startOne(other);
    const unknown = { ...ended, attemptId: '01890000-0000-7000-8000-000000000000' };
    const next = await openSimulatedAgent(t.agent, { leftovers: [ended, foreign, unknown] });
    expect(next.adopted).toEqual([]);
    expect(next.refused).toEqual([ended.attemptId, foreign.attemptId, unknown.attemptId]);
    expect(await other.finish([foreign])).toEqual([]);
  });

  test.each([
    ['granted, never started, same boot', false, {}, 'LOST_BEFORE_START'],
    ['started, same boot', true, {}, 'SHIM_LOST'],
    ['the machine was restarted', true, { bootId: 'boot-2' }, 'HOST_RESTARTED'],
  ])('ends what it did not find (%s) and retries by policy', async (_, isStarted, host, reasonCode) => {
    const old = await openSimulatedAgent(t.agent);
    const { runId, grant } = await startOne(old, { retry: { limit: 1, delaySeconds: 0 } });
    if (isStarted) await old.start([grant]);
    const next = await openSimulatedAgent(t.agent, host);
    expect(await readAttempt(runId)).toMatchObject({ state: 'errored', reasonCode, taskState: 'ready' });
    const again = await next.claim();
    expect(again).toMatchObject([{ taskId: 'a', attemptNumber: 2 }]);
    await next.finish(again);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('on another host leaves what may still run there uncertain, until it comes back there', async () => {
    const old = await openSimulatedAgent(t.agent);
    const { runId, grant } = await startOne(old);
    await openSimulatedAgent(t.agent, { host: 'host-2' });
    expect(await readAttempt(runId)).toMatchObject({ state: 'uncertain', taskState: 'running', attempts: 1 });
    const back = await openSimulatedAgent(t.agent, { leftovers: [grant] });
    expect(back.adopted).toHaveLength(1);
    await back.finish(back.adopted);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('on another host gives an idempotent task up', async () => {
    const { runId } = await startOne(await openSimulatedAgent(t.agent), { idempotent: true });
    await openSimulatedAgent(t.agent, { host: 'host-2' });
    expect(await readAttempt(runId)).toMatchObject({ state: 'errored', reasonCode: 'AGENT_MOVED' });
  });

  test('ends an attempt in whose place something else runs', async () => {
    const { runId, grant } = await startOne(await openSimulatedAgent(t.agent));
    const next = await openSimulatedAgent(t.agent, { leftovers: [{ ...grant, specHash: 'other' }] });
    expect(next.refused).toEqual([grant.attemptId]);
    expect(await readAttempt(runId)).toMatchObject({ state: 'errored', reasonCode: 'SPEC_MISMATCH' });
  });

  test('of many sessions opened at once one stays live', async () => {
    const { runId, grant } = await startOne(await openSimulatedAgent(t.agent));
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => openSimulatedAgent(t.agent, { leftovers: [grant] })),
    );
    const results = await Promise.allSettled(opened.map((agent) => agent.claim()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const live = opened[results.findIndex(({ status }) => status === 'fulfilled')];
    expect(live?.adopted.map(({ epoch }) => epoch)).toEqual([7]);
    await live?.finish(live.adopted);
    expect((await readRun(runId)).state).toBe('succeeded');
  });
});

describe('another instance of a live agent', () => {
  const ONE = '01890000-0000-7000-8000-000000000001';
  const OTHER = '01890000-0000-7000-8000-000000000002';

  test('is refused and disturbs nothing; the same instance takes over at once', async () => {
    const first = await openSimulatedAgent(t.agent, { instanceId: ONE });
    const { runId, grant } = await startOne(first);
    await renew(first.sessionId);
    const refused = openSimulatedAgent(t.agent, { instanceId: OTHER, host: 'host-2' });
    await expect(refused).rejects.toMatchObject({ status: 409, code: 'AGENT_ALREADY_CONNECTED' });
    expect(await readAttempt(runId)).toMatchObject({ epoch: 1, attempts: 1, taskState: 'running' });
    await renew(first.sessionId);
    const next = await openSimulatedAgent(t.agent, { instanceId: ONE, leftovers: [grant] });
    expect(next.adopted).toHaveLength(1);
  });

  test('takes over when the lease has ended, and when the session was closed', async () => {
    await openSimulatedAgent(t.agent, { instanceId: ONE });
    const takeOver = () => openSimulatedAgent(t.agent, { instanceId: OTHER }).catch(() => undefined);
    const other = await waitFor('the lease to end', 20_000, takeOver);
    await t.agent.call(CloseSession, { params: { sessionId: other.sessionId } });
    await openSimulatedAgent(t.agent, { instanceId: ONE });
  });
});

describe('a silent agent', () => {
  test('makes its attempts uncertain; its next word makes them certain under the same epoch', async () => {
    await t.startReplica();
    const agent = await openSimulatedAgent(t.agent);
    const { runId, grant } = await startOne(agent);
    await agent.start([grant]);
    await waitFor('the attempt to be uncertain', 20_000, async () => (await readAttempt(runId)).state === 'uncertain');
    const { environments } = await t.engineer.call(ListEnvironments);
    expect(environments.find(({ name }) => name === 'int')?.agents).toMatchObject([{ name: 'first', isLive: false }]);
    await renew(agent.sessionId);
    expect(await readAttempt(runId)).toMatchObject({ state: 'running', epoch: 1, attempts: 1 });
    expect(await agent.finish([grant])).toEqual([]);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('may finish what became uncertain', async () => {
    const agent = await openSimulatedAgent(t.agent);
    const { runId, grant } = await startOne(agent);
    await waitFor('the attempt to be uncertain', 20_000, async () => (await readAttempt(runId)).state === 'uncertain');
    expect(await agent.finish([grant])).toEqual([]);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('is adopted from uncertain by its next session', async () => {
    const { runId, grant } = await startOne(await openSimulatedAgent(t.agent));
    await waitFor('the attempt to be uncertain', 20_000, async () => (await readAttempt(runId)).state === 'uncertain');
    const next = await openSimulatedAgent(t.agent, { leftovers: [grant] });
    expect(await readAttempt(runId)).toMatchObject({ state: 'running', epoch: 2 });
    await next.finish(next.adopted);
    expect((await readRun(runId)).state).toBe('succeeded');
  });
});

test('a session that holds attempts does not close; an empty one does, and repeatedly', async () => {
  const agent = await openSimulatedAgent(t.agent);
  const close = () => t.agent.call(CloseSession, { params: { sessionId: agent.sessionId } });
  const { grant } = await startOne(agent);
  expect(await close()).toEqual({ ended: false });
  await agent.finish([grant]);
  expect(await close()).toEqual({ ended: true });
  expect(await close()).toEqual({ ended: true });
  await expect(agent.claim()).rejects.toMatchObject({ code: 'SESSION_ENDED' });
});

test('an agent can not renew, close or claim by the session of another', async () => {
  const { sessionId } = await openSimulatedAgent(t.agent);
  const other = t.clientOf(t.tokens.otherAgent);
  const params = { sessionId };
  await expect(other.call(RenewSession, { params })).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  await expect(other.call(CloseSession, { params })).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
});
