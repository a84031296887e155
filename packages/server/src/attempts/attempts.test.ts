import { CancelRun, FinishAttempts, GetRun, Problem } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
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

async function claimOne() {
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  return grant;
}

describe('claiming', () => {
  test('a waiting claim is answered as soon as a run starts, on another replica too', async () => {
    const replica = await t.startReplica();
    const there = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent, replica));
    const waiting = there.claim(1, 30_000);
    const startedAtMs = performance.now();
    await startRunOf(t, [buildTask('a')]);
    const grants = await waiting;
    expect(grants).toHaveLength(1);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    await there.finish(grants);
  });

  test('nothing ready is answered after the time to wait', async () => {
    expect(await agent.claim(1, 50)).toEqual([]);
  });

  test('a retry is granted when its time has come, without a hint', async () => {
    const retry = { limit: 1, delaySeconds: 0.5 };
    const runId = await startRunOf(t, [buildTask('a', { retry })]);
    await agent.finish([await claimOne()], { outcome: 'failed', exitCode: 75, reasonCode: 'EXIT_CODE' });
    expect((await readRun(runId)).tasks[0]).toMatchObject({ state: 'ready', readyAt: expect.any(String) });
    expect(await agent.claim()).toEqual([]);
    const [again] = await agent.claim(1, 20_000);
    expect(again).toMatchObject({ taskId: 'a', attemptNumber: 2, epoch: 1 });
    await agent.finish(again ? [again] : []);
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('exit code 78 is not retried', async () => {
    const runId = await startRunOf(t, [buildTask('a', { retry: { limit: 5, delaySeconds: 0 } })]);
    await agent.finish([await claimOne()], { outcome: 'failed', exitCode: 78 });
    expect((await readRun(runId)).state).toBe('failed');
  });

  test('an agent gets tasks of its own environment only', async () => {
    const prod = await openSimulatedAgent(t.clientOf(t.tokens.prodAgent));
    await startRunOf(t, [buildTask('a')]);
    expect(await prod.claim()).toEqual([]);
    await agent.finish(await agent.claim());
  });

  test('a grant whose reply was lost is sent again, under the same epoch', async () => {
    await startRunOf(t, [buildTask('a')]);
    const lost = await claimOne();
    expect(await agent.claim()).toEqual([]);
    await withConnection(t.databaseUrl, (client) =>
      client.query(`update attempts set delivered_at = delivered_at - interval '1 minute' where id = $1`, [
        lost.attemptId,
      ]),
    );
    expect(await agent.claim()).toEqual([lost]);
    expect(await agent.claim()).toEqual([]);
    await agent.finish([lost]);
  });

  test('a claim that waits is answered with such a grant as soon as that is due, and not when its time is over', async () => {
    await startRunOf(t, [buildTask('a')]);
    const lost = await claimOne();
    await withConnection(t.databaseUrl, (client) =>
      client.query(`update attempts set delivered_at = now() - make_interval(secs => 14.8) where id = $1`, [
        lost.attemptId,
      ]),
    );
    // Longer than a test may take.
    expect(await agent.claim(1, 60_000)).toEqual([lost]);
    await agent.finish([lost]);
  });
});

describe('finishing', () => {
  test('an identical repetition is accepted and changes nothing', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimOne();
    const facts = { result: { b: [1, { c: null }], a: 'x' }, reason: 'fine' };
    expect(await agent.finish([grant], facts)).toEqual([]);
    const before = await readRun(runId);
    expect(await agent.finish([grant], facts)).toEqual([]);
    expect(await readRun(runId)).toEqual(before);
  });

  test('another outcome, exit code or result of an ended attempt is stale', async () => {
    await startRunOf(t, [buildTask('a')]);
    const grant = await claimOne();
    await agent.finish([grant], { result: { rows: 1 } });
    const facts = [{ outcome: 'failed' as const, exitCode: 1 }, { exitCode: 3 }, { result: { rows: 2 } }];
    for (const other of facts) expect(await agent.finish([grant], other)).toEqual([grant.attemptId]);
  });

  test('another epoch, another agent and an unknown attempt are stale', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimOne();
    const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
    const unknown = { ...grant, attemptId: '01890000-0000-7000-8000-000000000000' };
    expect(await agent.finish([{ ...grant, epoch: 2 }])).toEqual([grant.attemptId]);
    expect(await agent.start([{ ...grant, epoch: 2 }, unknown])).toEqual([grant.attemptId, unknown.attemptId]);
    expect(await other.finish([grant, unknown])).toEqual([grant.attemptId, unknown.attemptId]);
    expect((await readRun(runId)).state).toBe('running');
    expect(await agent.finish([grant])).toEqual([]);
  });

  test('a session of another agent is unknown', async () => {
    const other = t.clientOf(t.tokens.otherAgent);
    const call = other.call(FinishAttempts, {
      params: { sessionId: agent.sessionId },
      body: { attempts: [], slots: 1 },
    });
    await expect(call).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  });

  test('a result beyond 4 KiB makes the attempt failed', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const grant = await claimOne();
    expect(await agent.finish([grant], { result: 'x'.repeat(5000) })).toEqual([]);
    expect(await agent.finish([grant], { result: 'x'.repeat(5000) })).toEqual([]);
    const [task] = (await readRun(runId)).tasks;
    expect(task).toMatchObject({ state: 'failed', attempts: [{ reasonCode: 'RESULT_INVALID', result: null }] });
  });

  test('a result and a reason with NUL and half a surrogate pair still end the attempt', async () => {
    const runId = await startRunOf(t, [buildTask('a')]);
    const facts = { outcome: 'failed' as const, exitCode: 1, reason: 'a\0b\ud800', result: { 'k\0': '\udc00' } };
    const grants = [await claimOne()];
    expect(await agent.finish(grants, facts)).toEqual([]);
    expect(await agent.finish(grants, facts)).toEqual([]);
    expect((await readRun(runId)).state).toBe('failed');
  });

  test('one bad report does not spoil the others', async () => {
    const runId = await startRunOf(t, [buildTask('a'), buildTask('b')]);
    const grants = await agent.claim();
    const [a, b] = grants;
    if (!a || !b) throw new Error('two grants were expected');
    expect(await agent.finish([{ ...a, epoch: 9 }, b])).toEqual([a.attemptId]);
    expect((await readRun(runId)).taskCounts).toEqual({ running: 1, succeeded: 1 });
    await agent.finish([a]);
  });
});

describe('cancelling', () => {
  test('what runs is cancelled by its agent, whose waiting claim is woken once', async () => {
    const runId = await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })]);
    const grant = await claimOne();
    const woken = agent.listCancels(30_000);
    const summary = await t.engineer.call(CancelRun, { params: { runId }, body: { reason: 'enough' } });
    expect(summary).toMatchObject({
      state: 'running',
      isCancelRequested: true,
      taskCounts: { running: 1, cancelled: 1 },
    });
    expect(await woken).toEqual([grant.attemptId]);
    const askedAtMs = performance.now();
    expect(await agent.listCancels(200)).toEqual([grant.attemptId]);
    expect(performance.now() - askedAtMs).toBeGreaterThan(150);
    await agent.finish([grant], { outcome: 'cancelled', exitCode: null, reasonCode: 'CANCELLED' });
    expect(await readRun(runId)).toMatchObject({ state: 'cancelled', taskCounts: { cancelled: 2 } });
  });

  test('a run of which nothing runs ends at once; repeating it changes nothing', async () => {
    const runId = await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })]);
    const cancel = () => t.engineer.call(CancelRun, { params: { runId }, body: {} });
    const ended = await cancel();
    expect(ended).toMatchObject({ state: 'cancelled', taskCounts: { cancelled: 2 } });
    expect(await cancel()).toEqual(ended);
    expect(await agent.claim()).toEqual([]);
  });

  test('a failed attempt of a cancelled run is not retried', async () => {
    const runId = await startRunOf(t, [buildTask('a', { retry: { limit: 3, delaySeconds: 0 } })]);
    const grant = await claimOne();
    await t.engineer.call(CancelRun, { params: { runId }, body: {} });
    await agent.finish([grant], { outcome: 'failed', exitCode: 143 });
    expect((await readRun(runId)).state).toBe('cancelled');
  });
});

test('closing the server answers a waiting claim at once and leaves nothing open', async () => {
  const replica = await t.startReplica();
  const there = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent, replica));
  const waiting = there.claim(1, 60_000);
  await waitFor('the claim to wait', 5_000, () => isListening(there.sessionId));
  const closingAtMs = performance.now();
  await replica.close();
  expect(await waiting).toEqual([]);
  expect(performance.now() - closingAtMs).toBeLessThan(5_000);
});

/** The claim renews its session first; its last sight is then no older than the call. */
function isListening(sessionId: string): Promise<boolean> {
  return withConnection(t.databaseUrl, async (client) => {
    const found = await client.query('select from agent_sessions where id = $1 and last_seen_at > opened_at', [
      sessionId,
    ]);
    return found.rowCount === 1;
  });
}

test('a hint connection that is cut is opened again, and waiting claims ask anew', async () => {
  const waiting = agent.claim(1, 30_000);
  await withConnection(t.databaseUrl, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'towpath-hints' and datname = current_database()`,
    ),
  );
  await startRunOf(t, [buildTask('a')]);
  const grants = await waiting;
  expect(grants).toHaveLength(1);
  await agent.finish(grants);
});

test('the problem document of an error parses', async () => {
  const response = await fetch(`${t.server.url}/api/runs/not-a-uuid`, {
    headers: { authorization: `Bearer ${t.tokens.viewer}` },
  });
  expect(Problem.parse(await response.json())).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
});
