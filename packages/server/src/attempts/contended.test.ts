// An agent that prefetches asks for more than it can begin. It gets that while nobody else waits for tasks.
import type { SentGrant } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPool } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { createHintBoard } from '../hints/hints.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { claimAttempts } from './transactions/claim-attempts.ts';
import { finishAttempts } from './transactions/finish-attempts.ts';

const SLOTS = 2;

let t: TestServer;
let pool: pg.Pool;
let agentId: string;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  pool = openPool(t.databaseUrl);
});
afterAll(async () => {
  await pool.end();
  await t.close();
});
beforeEach(async () => {
  agent = await openSimulatedAgent(t.agent, { maxAttempts: SLOTS });
  const { rows } = await pool.query('select agent_id from agent_sessions where id = $1', [agent.sessionId]);
  agentId = rows[0].agent_id;
});

const startSix = () =>
  startRunOf(
    t,
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => buildTask(id)),
  );

const claim = async (slots: number, isContended: boolean) => {
  const request = { sessionId: agent.sessionId, agentId, slots, isContended, redeliverAfterSeconds: 60 };
  return (await claimAttempts(pool, request)).attempts;
};

const finish = async (grants: readonly SentGrant[], slots: number, isContended: boolean) => {
  const session = { sessionId: agent.sessionId, agentId };
  const reports = grants.map((grant) => buildFinish(grant));
  return (await finishAttempts(pool, { session, reports, slots, isContended })).attempts;
};

test.each([
  ['alone it gets what it asks for', false, 5, 1],
  ['while another waits it gets no more than it can begin', true, SLOTS, SLOTS],
])('%s', async (_, isContended, atFirst, afterAnEnd) => {
  await startSix();
  const [first, ...held] = await claim(5, isContended);
  if (!first) throw new Error('nothing was granted');
  expect([first, ...held]).toHaveLength(atFirst);
  expect(await claim(5, isContended)).toHaveLength(isContended ? 0 : 1);
  const next = await finish([first], 5, isContended);
  expect(held.length + next.length).toBe(isContended ? afterAnEnd : held.length);
  await openSimulatedAgent(t.agent);
});

test('an older agent, which has not said how many it runs at a time, gets what it asks for', async () => {
  await startSix();
  agent = await openSimulatedAgent(t.agent);
  expect(await claim(5, true)).toHaveLength(5);
  await openSimulatedAgent(t.agent);
});

test('who waits is somebody else, and waits for tasks of that environment', () => {
  const board = createHintBoard();
  const own = board.subscribe(['tasks:int', 'session:one']);
  const idle = board.subscribe(['session:two']);
  const elsewhere = board.subscribe(['tasks:prod', 'session:three']);
  expect(board.isAwaited('tasks:int', 'session:one')).toBe(false);
  const other = board.subscribe(['tasks:int', 'session:two']);
  expect(board.isAwaited('tasks:int', 'session:one')).toBe(true);
  for (const waiter of [own, idle, elsewhere, other]) waiter.close();
  expect(board.isAwaited('tasks:int', 'session:one')).toBe(false);
});

test('a claim that waits at the server is seen by those of others, over HTTP', async () => {
  // Of an old protocol, so that it waits on: it gets no task with inputs.
  const other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent), { protocol: 1 });
  await other.finish(await other.claim(100));
  const over = new AbortController();
  const waiting = other.claim(2, 30_000, over.signal).catch(() => []);
  const granted = await waitFor('the other to wait', 30_000, async () => {
    await startRunOf(
      t,
      ['a', 'b', 'c'].map((id) => buildTask(id, { inputs: [] })),
    );
    const grants = await agent.claim(3);
    if (grants.length === SLOTS) return grants;
    await agent.finish(grants);
    throw new Error(`it got ${grants.length}`);
  });
  over.abort();
  await Promise.all([waiting, agent.finish(granted)]);
});
