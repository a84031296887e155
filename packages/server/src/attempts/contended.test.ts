// An agent that prefetches asks for more than it can begin. It gets that while nobody else waits for tasks.
import { type AttemptGrant, ClaimAttempts, FinishAttempts, SetPool } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { createHintBoard, type Hints } from '../hints/hints.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { limitSlots } from './wait-for-claim.ts';

describe('what is asked for beyond what can begin', () => {
  const asked = { environment: 'int', sessionId: 'one', slots: 5, ahead: 3 };
  const limitIn = (board: Hints, more: object = {}) => limitSlots(board, { ...asked, ...more });

  test('is left out while another session waits for tasks of that environment, and never what can begin', () => {
    const board = createHintBoard();
    const own = board.subscribe(['tasks:int', 'session:one']);
    const idle = board.subscribe(['session:two']);
    const elsewhere = board.subscribe(['tasks:prod', 'session:three']);
    expect(limitIn(board)).toBe(5);
    const other = board.subscribe(['tasks:int', 'session:two']);
    expect([limitIn(board), limitIn(board, { ahead: undefined }), limitIn(board, { ahead: 9 })]).toEqual([2, 5, 0]);
    for (const waiter of [own, idle, elsewhere, other]) waiter.close();
    expect(limitIn(board)).toBe(5);
  });
});

describe('over HTTP', () => {
  let t: TestServer;
  let agent: SimulatedAgent;
  let other: SimulatedAgent;
  let over: AbortController;
  let waiting: Promise<AttemptGrant[]>;
  beforeAll(async () => {
    t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  });
  afterAll(() => t.close());
  beforeEach(async () => {
    agent = await openSimulatedAgent(t.agent);
    // Of an old protocol: it waits on where there are only tasks with inputs.
    other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent), { protocol: 1 });
    over = new AbortController();
    waiting = other.claim(1, 60_000, over.signal).catch(() => []);
  });

  /** Tasks that only newer agents are given. */
  const startTasks = (...ids: readonly string[]) =>
    startRunOf(
      t,
      ids.map((id) => buildTask(id, { inputs: [] })),
    );

  const claim = async (slots: number, ahead: number) => {
    const body = { slots, ahead, waitMs: 0 };
    return (await t.agent.call(ClaimAttempts, { params: { sessionId: agent.sessionId }, body })).attempts;
  };

  const finish = async (grants: readonly AttemptGrant[], slots: number, ahead: number) => {
    const body = { attempts: grants.map((grant) => buildFinish(grant)), slots, ahead };
    return (await t.agent.call(FinishAttempts, { params: { sessionId: agent.sessionId }, body })).attempts;
  };

  /** Resolves once the server knows that the other waits: claims of three with one ahead then get two. */
  const waitUntilContended = () =>
    waitFor('the other to wait', 30_000, async () => {
      await startTasks('a', 'b', 'c');
      const grants = await claim(3, 1);
      await finish(grants, 0, 0);
      await finish(await claim(9, 0), 0, 0);
      if (grants.length !== 2) throw new Error(`it got ${grants.length}`);
      return true;
    });

  test('claims and reports get what can begin and no more, and the rest when nobody else waits', async () => {
    await waitUntilContended();
    await startTasks('a', 'b', 'c', 'd', 'e');
    const grants = await claim(4, 3);
    expect(grants).toHaveLength(1);
    const next = await finish(grants, 3, 2);
    expect(next).toHaveLength(1);
    over.abort();
    await waiting;
    const rest = await waitFor('nobody else to wait', 30_000, async () => {
      const more = await claim(9, 9);
      return more.length > 0 && more;
    });
    expect(rest).toHaveLength(3);
    await finish([...next, ...rest], 0, 0);
  });

  test('a slot of a pool that a report frees is told to who waits, though the report asked for more than it got', async () => {
    await t.engineer.call(SetPool, { params: { environment: 'int', name: 'narrow' }, body: { slots: 1 } });
    await waitUntilContended();
    await startRunOf(t, [buildTask('p1', { pool: 'narrow', inputs: [] })]);
    const held = await claim(1, 0);
    expect(held).toMatchObject([{ taskId: 'p1' }]);
    await startRunOf(t, [buildTask('p2', { pool: 'narrow' })], 'weekly');
    expect(await finish(held, 2, 2)).toEqual([]);
    // Before its wait is over.
    const woken = await waiting;
    expect(woken).toMatchObject([{ taskId: 'p2' }]);
    await other.finish(woken);
  }, 30_000);
});
