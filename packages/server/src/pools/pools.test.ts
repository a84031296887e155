// Pools over the API: never oversubscribed, whatever claims at once; resized by people; unknown ones refused.
import { type AttemptGrant, ListPools, RegisterCode, SetPool } from '@towpath/api';
import type { DatakitGraphTask } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { silenceSession } from '../testing/age-sessions.ts';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let agent: SimulatedAgent;
let other: SimulatedAgent;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  agent = await openSimulatedAgent(t.agent);
  other = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
});
afterEach(() => t.close());

const setPool = (slots: number | null, name = 'narrow') =>
  t.engineer.call(SetPool, { params: { environment: 'int', name }, body: { slots } });

async function readPool(name = 'narrow') {
  const { pools } = await t.engineer.call(ListPools, { query: { environment: 'int' } });
  return pools.find((pool) => pool.name === name);
}

const pooled = (count: number, overrides: Partial<DatakitGraphTask> = {}) =>
  Array.from({ length: count }, (_, at) => buildTask(`t${at}`, { pool: 'narrow', ...overrides }));

const idsOf = (grants: readonly AttemptGrant[]) => grants.map(({ taskId }) => taskId);

describe('claiming from a pool', () => {
  test('grants what it has room for, and more when an attempt ends, however it ends', async () => {
    await setPool(2);
    await startRunOf(t, [...pooled(4), buildTask('free')]);
    const first = await agent.claim(100);
    expect(idsOf(first)).toEqual(['t0', 't1', 'free']);
    expect(await other.claim(100)).toEqual([]);
    expect(await readPool()).toMatchObject({ slots: 2, held: 2, waiting: 2 });
    await agent.finish(first.slice(0, 1), { outcome: 'failed', exitCode: 1 });
    const second = await other.claim(100);
    expect(idsOf(second)).toEqual(['t2']);
    await other.finish(second);
    await agent.finish(first.slice(1));
    expect(idsOf(await agent.claim(100))).toEqual(['t3']);
    expect(await readPool()).toMatchObject({ held: 1, waiting: 0 });
  });

  test('keeps the slot of an attempt whose agent is silent, and frees it when that is given up', async () => {
    await setPool(1);
    await startRunOf(t, pooled(2));
    await agent.claim(100);
    await silenceSession(t.databaseUrl, agent.sessionId);
    expect(await other.claim(100)).toEqual([]);
    expect(await readPool()).toMatchObject({ held: 1, waiting: 1 });
    await openSimulatedAgent(t.agent, { leftovers: [] });
    expect(idsOf(await other.claim(100))).toEqual(['t1']);
  });

  test('a waiting claim is answered as soon as a slot is free', async () => {
    await setPool(1);
    await startRunOf(t, pooled(2));
    const held = await agent.claim(100);
    const waiting = other.claim(1, 30_000);
    const before = performance.now();
    await agent.finish(held);
    expect(idsOf(await waiting)).toEqual(['t1']);
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  test('the higher priority goes first, in the pool and beside it; then the older run, then the order of its tasks', async () => {
    await setPool(2);
    await startRunOf(t, [
      buildTask('late', { priority: -1 }),
      buildTask('a', { pool: 'narrow' }),
      buildTask('b', { pool: 'narrow', priority: 7 }),
      buildTask('c'),
    ]);
    await startRunOf(t, [buildTask('d', { pool: 'narrow', priority: 7 }), buildTask('e', { priority: 9 })], 'second');
    expect(idsOf(await agent.claim(1))).toEqual(['e']);
    expect(idsOf(await agent.claim(2))).toEqual(['b', 'd']);
    // The pool is full now: what waits for it does not hold up the rest.
    expect(idsOf(await agent.claim(100))).toEqual(['c', 'late']);
    expect(await readPool()).toMatchObject({ held: 2, waiting: 1 });
  });

  test('any number of claims at once, on two servers, never takes more than there is', async () => {
    await setPool(5);
    await startRunOf(t, pooled(40));
    const there = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent, await t.startReplica()));
    for (let round = 0; round < 8; round += 1) {
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? agent : there).claim(1 + (at % 4))),
      );
      const held = {
        mine: claims.filter((_, at) => at % 2 === 0).flat(),
        theirs: claims.filter((_, at) => at % 2 === 1).flat(),
      };
      expect(held.mine.length + held.theirs.length).toBe(5);
      expect(await readPool()).toMatchObject({ held: 5 });
      await Promise.all([agent.finish(held.mine), there.finish(held.theirs)]);
    }
    expect(await readPool()).toMatchObject({ held: 0, waiting: 0 });
  });

  test('pools of other environments and of other names do not count', async () => {
    await setPool(1);
    await setPool(1, 'wide');
    await t.engineer.call(SetPool, { params: { environment: 'prod', name: 'narrow' }, body: { slots: 9 } });
    await startRunOf(t, [...pooled(2), buildTask('w', { pool: 'wide' })]);
    expect(idsOf(await agent.claim(100))).toEqual(['t0', 'w']);
  });
});

describe('resizing a pool', () => {
  test('up wakes a claim that waits; down takes nothing away and lets nothing new in', async () => {
    await setPool(0);
    await startRunOf(t, pooled(4));
    const waiting = agent.claim(100, 30_000);
    await setPool(3);
    const held = await waiting;
    expect(held).toHaveLength(3);
    expect(await setPool(1)).toMatchObject({ slots: 1, held: 3, waiting: 1, changedBy: 'erin' });
    for (const grant of held) {
      expect(await other.claim(100)).toEqual([]);
      await agent.finish([grant]);
    }
    expect(idsOf(await other.claim(100))).toEqual(['t3']);
  });

  test("a person's word stands above the declaration, until it is taken back", async () => {
    const declare = (slots: number) =>
      t.agent.call(RegisterCode, { body: { ...buildRegistration([]), pools: { narrow: slots } } });
    await declare(4);
    expect(await readPool()).toMatchObject({ slots: 4, declaredSlots: 4, setSlots: null, changedBy: 'main' });
    expect(await setPool(2)).toMatchObject({ slots: 2, declaredSlots: 4, setSlots: 2 });
    await declare(6);
    expect(await readPool()).toMatchObject({ slots: 2, declaredSlots: 6 });
    expect(await setPool(null)).toMatchObject({ slots: 6, setSlots: null });
  });

  test('is refused for names that no pool may have, and for environments that are not', async () => {
    await expect(setPool(1, '-x')).rejects.toMatchObject({ code: 'POOL_NAME_INVALID' });
    const nowhere = { params: { environment: 'nowhere', name: 'narrow' }, body: { slots: 1 } };
    await expect(t.engineer.call(SetPool, nowhere)).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
    await expect(setPool(-1)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

test('a pipeline of an unknown pool is refused with what to do, one of a declared pool is not', async () => {
  const body = buildRegistration([buildGraph('daily', pooled(1))]);
  await expect(t.agent.call(RegisterCode, { body })).rejects.toMatchObject({
    code: 'GRAPH_INVALID',
    reason: expect.stringMatching(/daily\/t0: POOL_UNKNOWN: narrow; declare it in towpath\.yaml/),
  });
  expect(await readPool()).toBeUndefined();
  await setPool(2);
  await setPool(null);
  await expect(t.agent.call(RegisterCode, { body })).rejects.toMatchObject({ code: 'GRAPH_INVALID' });
  expect(await t.agent.call(RegisterCode, { body: { ...body, pools: { narrow: 1 } } })).toMatchObject({
    registered: 1,
  });
});
