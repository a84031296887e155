// Attempts that never began: given back by their agent, or not found by its next session.
import { AppendLog, CancelRun, GetRun } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { silenceSession } from '../testing/age-sessions.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const FOLDER = { instanceId: '01890000-0000-7000-8000-00000000000a' };

let t: TestServer;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());
beforeEach(async () => {
  agent = await openSimulatedAgent(t.agent, FOLDER);
});

async function readTask(runId: string) {
  const { state: runState, tasks } = await t.engineer.call(GetRun, { params: { runId } });
  const [task] = tasks;
  return { runState, state: task?.state, attempts: task?.attempts.map(({ number, state }) => `${number} ${state}`) };
}

async function claimFrom(who: SimulatedAgent) {
  const [grant] = await who.claim(1);
  if (!grant) throw new Error('nothing was granted');
  return grant;
}

describe('what is given back', () => {
  test('is as if it had not been granted, and goes to whoever waits', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimFrom(agent);
    const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent), { ...FOLDER, host: 'there' });
    const waiting = other.claim(1, 30_000);
    expect(await agent.giveBack([grant])).toEqual([]);
    const again = await waiting;
    expect(again).toMatchObject([{ taskId: 'a', attemptNumber: 1, epoch: 1 }]);
    // Said twice, and of what is another's by now.
    expect(await agent.giveBack([grant, ...again])).toEqual([]);
    expect(await readTask(runId)).toEqual({ runState: 'running', state: 'running', attempts: ['1 granted'] });
    expect(await other.finish(again)).toEqual([]);
    expect(await agent.finish([grant])).toEqual([grant.attemptId]);
    expect(await readTask(runId)).toMatchObject({ runState: 'succeeded', attempts: ['1 succeeded'] });
  });

  test('after a retry keeps its number', async () => {
    const runId = await startRunOf(t, [buildTask('a', { retry: { limit: 1, delaySeconds: 0 } })]);
    await agent.finish([await claimFrom(agent)], { outcome: 'failed', exitCode: 1 });
    await agent.giveBack([await claimFrom(agent)]);
    const again = await claimFrom(agent);
    expect(again.attemptNumber).toBe(2);
    await agent.finish([again]);
    expect((await readTask(runId)).attempts).toEqual(['1 failed', '2 succeeded']);
  });

  test('of a cancelled run ends with it', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimFrom(agent);
    await t.engineer.call(CancelRun, { params: { runId }, body: {} });
    expect(await agent.giveBack([grant])).toEqual([]);
    expect(await readTask(runId)).toEqual({ runState: 'cancelled', state: 'cancelled', attempts: ['1 cancelled'] });
  });

  test('is kept where it has started, or was adopted: then it has to be run', async () => {
    await startRunOf(t, [buildTask('a'), buildTask('b')]);
    const [started, adopted] = await agent.claim(2);
    if (!started || !adopted) throw new Error('nothing was granted');
    await agent.start([started]);
    expect(await agent.giveBack([started])).toEqual([started.attemptId]);
    const next = await openSimulatedAgent(t.agent, { ...FOLDER, leftovers: [started, adopted] });
    expect((await next.giveBack(next.adopted)).toSorted()).toEqual(
      [started, adopted].map((one) => one.attemptId).toSorted(),
    );
    await expect(agent.giveBack([adopted])).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    await next.finish(next.adopted);
  });

  test('under another epoch, by another agent or unknown changes nothing', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimFrom(agent);
    const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent), FOLDER);
    expect(await other.giveBack([grant])).toEqual([]);
    expect(await agent.giveBack([{ ...grant, epoch: 2 }])).toEqual([]);
    expect(await agent.giveBack([{ ...grant, attemptId: FOLDER.instanceId }])).toEqual([]);
    expect(await readTask(runId)).toMatchObject({ attempts: ['1 granted'] });
    await agent.finish([grant]);
  });
});

describe('what the next session of an agent does not find, and had not begun', () => {
  test('is granted anew three times, and then ends: it may be what ends the agents', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    let current = agent;
    for (let death = 0; death < 3; death += 1) {
      expect(await claimFrom(current)).toMatchObject({ attemptNumber: 1 });
      current = await openSimulatedAgent(t.agent, { ...FOLDER, follows: current.sessionId });
      expect(await readTask(runId)).toEqual({ runState: 'running', state: 'ready', attempts: [] });
    }
    await claimFrom(current);
    await openSimulatedAgent(t.agent, { ...FOLDER, follows: current.sessionId });
    expect(await readTask(runId)).toEqual({ runState: 'failed', state: 'errored', attempts: ['1 errored'] });
    const { tasks } = await t.engineer.call(GetRun, { params: { runId } });
    expect(tasks[0]?.attempts[0]).toMatchObject({
      reasonCode: 'LOST_BEFORE_START',
      reason: 'Its agent ended before it was started, 4 times by now.',
    });
  });

  test('of a cancelled run ends with it', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    await claimFrom(agent);
    await t.engineer.call(CancelRun, { params: { runId }, body: {} });
    await openSimulatedAgent(t.agent, { ...FOLDER, follows: agent.sessionId });
    expect(await readTask(runId)).toEqual({ runState: 'cancelled', state: 'cancelled', attempts: ['1 cancelled'] });
  });

  test('ends as before where the agent follows another session: what it says may be from before this one', async () => {
    const late = { ...FOLDER, follows: agent.sessionId };
    const current = await openSimulatedAgent(t.agent, late);
    const runId = await startRunOf(t, [buildTask('a')]);
    await claimFrom(current);
    await openSimulatedAgent(t.agent, late);
    expect(await readTask(runId)).toMatchObject({ runState: 'failed', attempts: ['1 errored'] });
  });

  test('ends as lost where some of its log has come: it did begin', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const { attemptId, epoch } = await claimFrom(agent);
    await t.agent.call(AppendLog, { params: { attemptId }, query: { offset: 0, epoch }, bytes: Buffer.from('line\n') });
    expect(await agent.giveBack([{ attemptId, epoch }])).toEqual([attemptId]);
    await openSimulatedAgent(t.agent, { ...FOLDER, follows: agent.sessionId });
    expect(await readTask(runId)).toMatchObject({ runState: 'failed', attempts: ['1 errored'] });
  });
});

describe('what waits for its turn while a session is opened anew', () => {
  test('is taken over unbegun: it may be given back, and does not count as lost when its agent dies', async () => {
    await startRunOf(t, [buildTask('a'), buildTask('b')]);
    const waiting = (await agent.claim(2)).map((grant) => ({ ...grant, hasBegun: false as const }));
    const next = await openSimulatedAgent(t.agent, { ...FOLDER, follows: agent.sessionId, leftovers: waiting });
    expect(next.adopted.map(({ epoch }) => epoch)).toEqual([2, 2]);
    const [first, second] = next.adopted;
    expect(await next.giveBack(first ? [first] : [])).toEqual([]);
    const last = await openSimulatedAgent(t.agent, { ...FOLDER, follows: next.sessionId });
    const again = await last.claim(2);
    expect(again.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 1]);
    expect(await next.finish(second ? [second] : [])).toEqual([second?.attemptId]);
    await last.finish(again);
  });

  test('of a silent agent may be given back as well', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimFrom(agent);
    await silenceSession(t.databaseUrl, agent.sessionId);
    expect(await agent.giveBack([grant])).toEqual([]);
    expect(await readTask(runId)).toEqual({ runState: 'running', state: 'ready', attempts: [] });
  });
});
