// Uncertain attempts find an end: by time, by a person's word; what their agent says later is shown, not accepted.
import {
  AppendLog,
  type AttemptGrant,
  CancelRun,
  GetRun,
  GiveUpAttempt,
  ListEnvironments,
  ReadLog,
  RenewSession,
} from '@towpath/api';
import type { DatakitGraphTask } from '@towpath/core';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { ageSilence, silenceSession } from '../testing/age-sessions.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const LOST_AFTER_SECONDS = 900;

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

const readRun = (runId: string) => t.engineer.call(GetRun, { params: { runId } });
const giveUp = (attemptId: string) => t.engineer.call(GiveUpAttempt, { params: { attemptId }, body: {} });
const renew = ({ sessionId }: SimulatedAgent) => t.agent.call(RenewSession, { params: { sessionId } });

async function readAttempt(runId: string) {
  const [task] = (await readRun(runId)).tasks;
  const attempt = task?.attempts.at(-1);
  if (!task || !attempt) throw new Error('the run has no attempt');
  return { ...attempt, taskState: task.state };
}

interface Silenced {
  readonly agent: SimulatedAgent;
  readonly runId: string;
  readonly grant: AttemptGrant;
}

/** A run whose only attempt is uncertain. */
async function startUncertain(overrides: Partial<DatakitGraphTask> = {}): Promise<Silenced> {
  const agent = await openSimulatedAgent(t.agent);
  const runId = await startRunOf(t, [buildTask('a', overrides), buildTask('b', { dependsOn: ['a'] })]);
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  await agent.start([grant]);
  await silenceSession(t.databaseUrl, agent.sessionId);
  expect(await readAttempt(runId)).toMatchObject({ state: 'uncertain', taskState: 'running' });
  return { agent, runId, grant };
}

async function waitUntilLost(runId: string): Promise<void> {
  await waitFor('the attempt to be lost', 20_000, async () => (await readAttempt(runId)).state === 'errored');
}

const HARMLESS = { idempotent: true, retry: { limit: 1, delaySeconds: 0 } };
const RETRIED = { idempotent: false, retry: { limit: 3, delaySeconds: 0 } };

describe('an attempt that is uncertain for too long', () => {
  test('is lost, and its task is not repeated where that could do harm, whatever its retries', async () => {
    const { agent, runId } = await startUncertain(RETRIED);
    await ageSilence(t.databaseUrl, agent.sessionId, LOST_AFTER_SECONDS);
    await waitUntilLost(runId);
    const run = await readRun(runId);
    expect(run).toMatchObject({ state: 'failed', taskCounts: { errored: 1, upstream_failed: 1 } });
    expect(run.tasks[0]?.attempts).toMatchObject([
      { reasonCode: 'AGENT_LOST', reason: expect.stringContaining('900 s'), givenUpBy: null, lateResult: null },
    ]);
  });

  test('is lost and retried by policy where the task is idempotent', async () => {
    const { agent, runId } = await startUncertain(HARMLESS);
    await ageSilence(t.databaseUrl, agent.sessionId, LOST_AFTER_SECONDS);
    await waitUntilLost(runId);
    const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
    for (const taskId of ['a', 'b']) {
      const grants = await other.claim(1, 20_000);
      expect(grants).toMatchObject([{ taskId }]);
      await other.finish(grants);
    }
    expect((await readRun(runId)).state).toBe('succeeded');
  });

  test('stays uncertain until then', async () => {
    const { agent, runId, grant } = await startUncertain();
    await ageSilence(t.databaseUrl, agent.sessionId, LOST_AFTER_SECONDS - 60);
    await silenceSession(t.databaseUrl, (await openSimulatedAgent(t.clientOf(t.tokens.otherAgent))).sessionId);
    expect((await readAttempt(runId)).state).toBe('uncertain');
    expect(await agent.finish([grant])).toEqual([]);
    expect((await readAttempt(runId)).state).toBe('succeeded');
  });

  test('is lost too when its agent lives on, on another host', async () => {
    const old = await openSimulatedAgent(t.agent);
    const runId = await startRunOf(t, [buildTask('a')]);
    await old.start(await old.claim(1));
    await openSimulatedAgent(t.agent, { host: 'host-2' });
    await ageSilence(t.databaseUrl, old.sessionId, LOST_AFTER_SECONDS);
    await waitUntilLost(runId);
    expect(await readAttempt(runId)).toMatchObject({ reasonCode: 'AGENT_LOST', taskState: 'errored' });
  });

  test('ends once, with several servers watching and nobody waking them', async () => {
    await t.close();
    const database = await createTestDatabase({ template: 'state', migrate });
    t = await startTestServer(database, { leaseSeconds: 0.3, lostAfterSeconds: 0.5 });
    await Promise.all([t.startReplica(), t.startReplica()]);
    const agent = await openSimulatedAgent(t.agent);
    const runId = await startRunOf(
      t,
      Array.from({ length: 20 }, (_, index) => buildTask(`t${index}`, HARMLESS)),
    );
    expect(await agent.claim()).toHaveLength(20);
    await waitFor('all attempts to be lost', 20_000, async () => (await readRun(runId)).taskCounts.ready === 20);
    const attempts = (await readRun(runId)).tasks.flatMap((task) => task.attempts);
    expect(attempts.map(({ reasonCode }) => reasonCode)).toEqual(attempts.map(() => 'AGENT_LOST'));
    expect(attempts).toHaveLength(20);
  });
});

describe("a person's word", () => {
  test('ends an uncertain attempt, says who spoke, and repeats the task only where that is harmless', async () => {
    const harmful = await startUncertain(RETRIED);
    const { runId } = harmful;
    expect(await giveUp(harmful.grant.attemptId)).toEqual({ runId, taskId: 'a', taskState: 'errored' });
    expect(await readAttempt(runId)).toMatchObject({ state: 'errored', reasonCode: 'GIVEN_UP', givenUpBy: 'erin' });
    expect((await readRun(runId)).state).toBe('failed');
    const harmless = await startUncertain(HARMLESS);
    expect(await giveUp(harmless.grant.attemptId)).toMatchObject({ taskState: 'ready' });
  });

  test('is refused for what runs, what has ended, and what was given up already', async () => {
    const agent = await openSimulatedAgent(t.agent);
    await startRunOf(t, [buildTask('a')]);
    const [grant] = await agent.claim(1);
    const attemptId = grant?.attemptId ?? '';
    await expect(giveUp(attemptId)).rejects.toMatchObject({ code: 'ATTEMPT_NOT_UNCERTAIN', problem: { status: 409 } });
    await agent.finish(grant ? [grant] : []);
    await expect(giveUp(attemptId)).rejects.toMatchObject({ code: 'ATTEMPT_NOT_UNCERTAIN' });
    const uncertain = await startUncertain();
    await giveUp(uncertain.grant.attemptId);
    await expect(giveUp(uncertain.grant.attemptId)).rejects.toMatchObject({ code: 'ATTEMPT_NOT_UNCERTAIN' });
  });

  test('of many at once counts once', async () => {
    const { grant } = await startUncertain(HARMLESS);
    const said = await Promise.allSettled(Array.from({ length: 8 }, () => giveUp(grant.attemptId)));
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('in a cancelled run ends the task cancelled; until then cancelling is an intent', async () => {
    const { runId, grant } = await startUncertain(HARMLESS);
    await t.engineer.call(CancelRun, { params: { runId }, body: {} });
    expect(await readRun(runId)).toMatchObject({ state: 'running', isCancelRequested: true });
    expect((await readAttempt(runId)).state).toBe('uncertain');
    expect(await giveUp(grant.attemptId)).toMatchObject({ taskState: 'cancelled' });
    expect((await readRun(runId)).state).toBe('cancelled');
  });
});

describe('an agent that comes back after its attempt was given up', () => {
  test('is told to stop, and what it reports is shown beside the end that stays', async () => {
    const { agent, runId, grant } = await startUncertain();
    await giveUp(grant.attemptId);
    expect((await renew(agent)).cancel).toEqual([grant.attemptId]);
    expect(await agent.listCancels()).toEqual([grant.attemptId]);
    expect(await agent.start([grant])).toEqual([grant.attemptId]);
    expect(await agent.finish([grant], { outcome: 'succeeded', exitCode: 0 })).toEqual([grant.attemptId]);
    const late = { outcome: 'succeeded', exitCode: 0, reportedAt: expect.any(String) };
    expect(await readAttempt(runId)).toMatchObject({ state: 'errored', taskState: 'errored', lateResult: late });
    expect((await renew(agent)).cancel).toEqual([]);
    // The first report stays, however often and whatever is said later.
    expect(await agent.finish([grant], { outcome: 'failed', exitCode: 3 })).toEqual([grant.attemptId]);
    expect(await readAttempt(runId)).toMatchObject({ lateResult: late });
  });

  test('may ship the rest of the log before its late result, and nothing after it', async () => {
    const { agent, grant } = await startUncertain();
    await giveUp(grant.attemptId);
    const { attemptId, epoch } = grant;
    const append = (offset: number, text: string) =>
      t.agent.call(AppendLog, {
        params: { attemptId },
        query: { offset, epoch },
        bytes: new TextEncoder().encode(text),
      });
    expect(await append(0, 'half done\n')).toEqual({ length: 10 });
    await agent.finish([grant], { outcome: 'cancelled', exitCode: null, logLengthBytes: 10 });
    const log = await t.engineer.send(ReadLog, { params: { attemptId } });
    expect(await log.text()).toBe('half done\n');
    await expect(append(10, 'more')).rejects.toMatchObject({ code: 'ATTEMPT_ENDED' });
  });

  test('in a new session is refused what it found running', async () => {
    const { grant } = await startUncertain();
    await giveUp(grant.attemptId);
    const next = await openSimulatedAgent(t.agent, { leftovers: [grant] });
    expect(next).toMatchObject({ adopted: [], refused: [grant.attemptId] });
  });

  test('can not speak for another epoch, nor another agent for it', async () => {
    const { runId, grant, agent } = await startUncertain();
    await giveUp(grant.attemptId);
    const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
    expect(await other.finish([grant])).toEqual([grant.attemptId]);
    expect(await agent.finish([{ ...grant, epoch: 2 }])).toEqual([grant.attemptId]);
    expect((await readAttempt(runId)).lateResult).toBeNull();
  });
});

test('a grant whose reply was lost is sent again, also when its agent fell silent in between', async () => {
  const agent = await openSimulatedAgent(t.agent);
  const runId = await startRunOf(t, [buildTask('a')]);
  const [lost] = await agent.claim(1);
  await silenceSession(t.databaseUrl, agent.sessionId);
  await renew(agent);
  expect(await readAttempt(runId)).toMatchObject({ state: 'granted' });
  await withConnection(t.databaseUrl, (client) =>
    client.query(`update attempts set delivered_at = now() - '1 hour'::interval`),
  );
  const again = await agent.claim(1);
  expect(again).toEqual(lost ? [lost] : []);
  expect(await agent.finish(again)).toEqual([]);
  expect((await readRun(runId)).state).toBe('succeeded');
});

test('a start that is reported while its session counts as silent is not forgotten', async () => {
  const agent = await openSimulatedAgent(t.agent);
  const runId = await startRunOf(t, [buildTask('a')]);
  const grants = await agent.claim(1);
  await silenceSession(t.databaseUrl, agent.sessionId);
  expect(await agent.start(grants)).toEqual([]);
  expect(await readAttempt(runId)).toMatchObject({ state: 'uncertain', startedAt: expect.any(String) });
  await renew(agent);
  expect(await readAttempt(runId)).toMatchObject({ state: 'running' });
});

async function readAgent() {
  const { environments } = await t.engineer.call(ListEnvironments);
  return environments.find(({ name }) => name === 'int')?.agents[0];
}

test('a claim of a session that fell silent while it waited grants nothing until the session speaks again', async () => {
  const agent = await openSimulatedAgent(t.agent);
  const openedAt = (await readAgent())?.lastSeenAt;
  const waiting = agent.claim(1, 30_000);
  await waitFor('the claim to wait', 5_000, async () => (await readAgent())?.lastSeenAt !== openedAt);
  await silenceSession(t.databaseUrl, agent.sessionId);
  const runId = await startRunOf(t, [buildTask('a')]);
  expect(await waiting).toEqual([]);
  expect((await readRun(runId)).taskCounts).toEqual({ ready: 1 });
  expect(await agent.claim(1)).toMatchObject([{ taskId: 'a' }]);
});

test('agents are listed with what they hold, uncertain or not', async () => {
  const { agent } = await startUncertain();
  expect(await readAgent()).toMatchObject({ name: 'first', isLive: false, attemptsHeld: 1 });
  await renew(agent);
  expect(await readAgent()).toMatchObject({ name: 'first', isLive: true, attemptsHeld: 1 });
});
