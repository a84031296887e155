// A finish may carry the last bytes of a log and how long the attempt ran: what ends soon needs no other request.
import { FinishAttempts, GetRun, ReadLog } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
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

const encode = (text: string) => Buffer.from(text).toString('base64');
const readLog = async (attemptId: string) =>
  (await t.engineer.send(ReadLog, { params: { attemptId }, query: {} })).text();

async function claimOne() {
  const runId = await startRunOf(t, [buildTask('a')]);
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  return { runId, grant };
}

test('the log of the finish is the log, and the start is told by how long it ran', async () => {
  const { runId, grant } = await claimOne();
  const facts = { log: { offset: 0, bytes: encode('hello\n') }, logLengthBytes: 6, executedMs: 0 };
  expect(await agent.finish([grant], facts)).toEqual([]);
  expect(await readLog(grant.attemptId)).toBe('hello\n');
  const { tasks } = await t.engineer.call(GetRun, { params: { runId } });
  const attempt = tasks[0]?.attempts[0];
  expect(attempt?.logLengthBytes).toBe(6);
  expect(attempt?.startedAt).toBe(attempt?.finishedAt);
});

test('an attempt never starts before it was granted, however long it says that it ran', async () => {
  const { runId, grant } = await claimOne();
  await agent.finish([grant], { executedMs: 86_400_000 });
  const { tasks } = await t.engineer.call(GetRun, { params: { runId } });
  expect(tasks[0]?.attempts[0]?.startedAt).toBe(tasks[0]?.attempts[0]?.grantedAt);
});

test('a repeated finish adds nothing to the log', async () => {
  const { grant } = await claimOne();
  const facts = { log: { offset: 0, bytes: encode('once') }, logLengthBytes: 4 };
  expect(await agent.finish([grant], facts)).toEqual([]);
  expect(await agent.finish([grant], facts)).toEqual([]);
  expect(await readLog(grant.attemptId)).toBe('once');
});

test('a tail that does not fit where the log ends is refused, and the attempt goes on', async () => {
  const { runId, grant } = await claimOne();
  const body = {
    attempts: [buildFinish(grant, { log: { offset: 3, bytes: encode('def') }, logLengthBytes: 6 })],
    slots: 0,
  };
  const call = t.agent.call(FinishAttempts, { params: { sessionId: agent.sessionId }, body });
  await expect(call).rejects.toMatchObject({ code: 'LOG_INCOMPLETE' });
  expect((await t.engineer.call(GetRun, { params: { runId } })).state).toBe('running');
  expect(await readLog(grant.attemptId)).toBe('');
  await agent.finish([grant]);
});

test('several finishes at once: each is judged by itself, and dependants of all of them are granted with the answer', async () => {
  const tasks = ['a', 'b', 'c'].flatMap((id) => [buildTask(id), buildTask(`after-${id}`, { dependsOn: [id] })]);
  await startRunOf(t, tasks);
  const grants = await agent.claim(3);
  const [first, second, third] = grants;
  if (!first || !second || !third) throw new Error('three were to be granted');
  const attempts = [
    buildFinish(first, { log: { offset: 0, bytes: encode('1') }, logLengthBytes: 1 }),
    buildFinish({ ...second, epoch: 7 }),
    buildFinish(third, { outcome: 'failed', exitCode: 1 }),
  ];
  const reply = await t.agent.call(FinishAttempts, {
    params: { sessionId: agent.sessionId },
    body: { attempts, slots: 10 },
  });
  expect(reply.stale).toEqual([second.attemptId]);
  expect(reply.attempts.map(({ taskId }) => taskId)).toEqual([`after-${first.taskId}`]);
  await agent.finish([second, ...reply.attempts]);
  await agent.finish(await agent.claim());
});

test('a claim that waits is woken by a finish of another agent that leaves something for it', async () => {
  await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] }), buildTask('c', { dependsOn: ['a'] })]);
  const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  const waiting = other.claim(5, 30_000);
  const body = { attempts: [buildFinish(grant)], slots: 1 };
  const own = await t.agent.call(FinishAttempts, { params: { sessionId: agent.sessionId }, body });
  const theirs = await waiting;
  expect([...own.attempts, ...theirs].map(({ taskId }) => taskId).sort()).toEqual(['b', 'c']);
  await agent.finish(own.attempts);
  await other.finish(theirs);
});

test('no event of a finish is lost: each attempt and run is told of once', async () => {
  const { runId, grant } = await claimOne();
  await agent.finish([grant]);
  const events = await withConnection(t.databaseUrl, (client) =>
    client.query<{ kind: string }>('select kind from events where run_id = $1 order by transaction_id, id', [runId]),
  );
  expect(events.rows.map(({ kind }) => kind)).toEqual([
    'run.planned',
    'run.changed',
    'attempt.changed',
    'attempt.changed',
    'run.changed',
  ]);
});
