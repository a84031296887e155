// Notifications over the API: what becomes one, which sinks it is for, and an outbox that loses nothing whoever dies.
import {
  ApplyEnvironments,
  CancelRun,
  ClaimDeliveries,
  type DeliveryReport,
  ListNotifications,
  ReportDeliveries,
  type TakenDelivery,
} from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { silenceSession } from '../testing/age-sessions.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { buildSchedule, getOnlySchedule, registerScheduled, setDue } from '../testing/scheduled-pipeline.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let agent: SimulatedAgent;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const notify = [
    { name: 'chat', sink: 'slack' as const, severities: ['warning' as const, 'critical' as const] },
    { name: 'mail', sink: 'email' as const, severities: ['info' as const] },
  ];
  const body = { project: 'p', environments: [{ name: 'int', kind: 'shared' as const, notify }], isWhole: false };
  await t.administrator.call(ApplyEnvironments, { body });
  agent = await openSimulatedAgent(t.agent);
});
afterEach(() => t.close());

async function endRun(facts: Parameters<SimulatedAgent['finish']>[1], pipeline = 'daily'): Promise<string> {
  const runId = await startRunOf(t, [buildTask('load'), buildTask('after', { dependsOn: ['load'] })], pipeline);
  for (let grants = await agent.claim(); grants.length > 0; grants = await agent.claim()) {
    await agent.finish(grants, facts);
  }
  return runId;
}
const FAILURE = { outcome: 'failed', exitCode: 3, reasonCode: 'EXIT_CODE', reason: 'canary-7731' } as const;

const list = async (query: object = {}) => (await t.engineer.call(ListNotifications, { query })).notifications;
const claim = async (waitMs = 0, limit = 10): Promise<TakenDelivery[]> => {
  const params = { sessionId: agent.sessionId };
  return (await t.agent.call(ClaimDeliveries, { params, body: { limit, waitMs } })).deliveries;
};
const report = (
  delivery: Pick<TakenDelivery, 'id' | 'tries'>,
  more: Partial<DeliveryReport> = {},
  client = t.agent,
) => {
  const { id, tries } = delivery;
  const body = {
    deliveries: [{ id, tries, outcome: 'delivered' as const, error: null, retryAfterSeconds: null, ...more }],
  };
  return client.call(ReportDeliveries, { body });
};
const failed = (error = 'HTTP_500') => ({ outcome: 'failed', error }) as const;

/** Lets every delivery that has not ended be due now. */
const makeDue = () =>
  withConnection(t.databaseUrl, (client) =>
    client.query(`update notification_deliveries set due_at = now() where due_at is not null`),
  );
const age = (hours: number) =>
  withConnection(t.databaseUrl, (client) =>
    client.query(`update notifications set occurred_at = occurred_at - make_interval(hours => $1)`, [hours]),
  );

describe('what becomes a notification', () => {
  test('A88 a run that failed, and the first that succeeds after it; titles begin with the environment', async () => {
    await endRun(FAILURE);
    await endRun({});
    await endRun({});
    const all = await list();
    expect(all.map(({ title, severity }) => [title, severity])).toEqual([
      ['[INT] daily-int #2 succeeded again', 'info'],
      ['[INT] daily-int #1 failed', 'critical'],
    ]);
    expect(all[1]?.text).toBe('Task load ended first, with EXIT_CODE. Its log says more.');
    expect(JSON.stringify(all)).not.toContain('canary-7731');
  });

  test('a run that was cancelled is none, and what succeeded before it is still what counts', async () => {
    await endRun(FAILURE);
    const runId = await startRunOf(t, [buildTask('load')]);
    await t.engineer.call(CancelRun, { params: { runId }, body: {} });
    await endRun({});
    expect((await list()).map(({ kind }) => kind)).toEqual(['run.recovered', 'run.failed']);
    await endRun({}, 'other');
    expect(await list()).toHaveLength(2);
  });

  test('an agent that falls silent is one per silence, with what it holds', async () => {
    await startRunOf(t, [buildTask('load')]);
    await agent.claim();
    await silenceSession(t.databaseUrl, agent.sessionId);
    const [silent, ...others] = await list();
    expect(others).toEqual([]);
    expect(silent).toMatchObject({ title: '[INT] agent first is silent', severity: 'critical', runId: null });
    expect(silent?.text).toContain('It holds 1 attempts');
    await agent.listCancels();
    await silenceSession(t.databaseUrl, agent.sessionId);
    expect(await list()).toHaveLength(2);
  });

  test('slots that nobody ticked in time are one per tick', async () => {
    const definition = buildSchedule({ catchUp: 'none', cron: '* * * * *' });
    await registerScheduled(t.agent, 'timed', [definition]);
    const { id } = await getOnlySchedule(t.engineer, 'timed');
    await withConnection(t.databaseUrl, async (client) => {
      await setDue(client, id, 600);
      await client.query(`select pg_notify('towpath_hints', 'schedules')`);
    });
    const [missed] = await waitFor('the missed slots to be told', 20_000, async () => {
      const found = await list({ severity: 'warning' });
      return found.length > 0 && found;
    });
    expect(missed?.title).toBe('[INT] schedule default of timed missed its time');
    expect(missed?.text).toMatch(/^Slot from .+ to .+: NOBODY_TICKED\.$/);
    expect(await list({ severity: 'warning' })).toHaveLength(1);
  });

  test('A89 sinks get the severities they ask for; without a sink it is still listed', async () => {
    await endRun(FAILURE);
    await endRun({});
    const sinks = (await list()).map(({ severity, deliveries }) => [severity, deliveries.map(({ sink }) => sink)]);
    expect(sinks).toEqual([
      ['info', ['mail']],
      ['critical', ['chat']],
    ]);
    const body = { project: 'p', environments: [{ name: 'int', kind: 'shared' as const }], isWhole: false };
    await t.administrator.call(ApplyEnvironments, { body });
    await endRun(FAILURE);
    expect((await list())[0]).toMatchObject({ kind: 'run.failed', deliveries: [] });
  });
});

describe('a delivery', () => {
  test('is given to one agent of its environment, as soon as it is there, and ends when it is reported', async () => {
    const waiting = claim(20_000);
    await endRun(FAILURE);
    const [taken, ...others] = await waiting;
    expect(others).toEqual([]);
    expect(taken).toMatchObject({ sink: 'chat', tries: 1, notification: { title: '[INT] daily-int #1 failed' } });
    expect(await claim()).toEqual([]);
    if (!taken) throw new Error('unreachable');
    await report(taken);
    await report(taken, failed());
    expect((await list())[0]?.deliveries).toMatchObject([
      { state: 'delivered', tries: 1, dueAt: null, lastError: null },
    ]);
  });

  test('is given again under the same id when nobody reports it, and late news of an older try counts only if good', async () => {
    await endRun(FAILURE);
    const [first] = await claim();
    if (!first) throw new Error('nothing was due');
    await makeDue();
    const [second] = await claim();
    expect(second).toMatchObject({ id: first.id, tries: 2 });
    await report(first, failed());
    expect((await list())[0]?.deliveries[0]).toMatchObject({ state: 'sending', lastError: null });
    await report(first);
    expect((await list())[0]?.deliveries[0]).toMatchObject({ state: 'delivered' });
  });

  test('that an agent had in its hands is due at once when a new session takes the place of its own', async () => {
    await endRun(FAILURE);
    const [first] = await claim();
    agent = await openSimulatedAgent(t.agent);
    expect(await claim()).toMatchObject([{ id: first?.id, tries: 2 }]);
  });

  test('that failed waits longer each time, at least as long as the sink wishes, and is given up after a day', async () => {
    await endRun(FAILURE);
    const pauses: number[] = [];
    for (const wish of [null, null, 120]) {
      await makeDue();
      const [taken] = await claim();
      if (!taken) throw new Error('nothing was due');
      await report(taken, { ...failed('HTTP_429'), retryAfterSeconds: wish });
      const [delivery] = (await list())[0]?.deliveries ?? [];
      expect(delivery).toMatchObject({ state: 'waiting', lastError: 'HTTP_429' });
      pauses.push((Date.parse(delivery?.dueAt ?? '') - Date.now()) / 1000);
    }
    for (const [at, least] of [4, 9, 118].entries()) expect(pauses[at]).toBeGreaterThan(least);
    for (const [at, most] of [6, 11, 121].entries()) expect(pauses[at]).toBeLessThan(most);
    await age(24);
    await makeDue();
    const [last] = await claim();
    await report(last ?? { id: '', tries: 0 }, failed('HTTP_500'));
    expect((await list({ state: 'failed' }))[0]?.deliveries).toMatchObject([
      { state: 'failed', dueAt: null, tries: 4 },
    ]);
    await makeDue();
    expect(await claim()).toEqual([]);
  });

  test('can neither be taken nor reported by an agent of another environment', async () => {
    await endRun(FAILURE);
    const prod = t.clientOf(t.tokens.prodAgent);
    const { sessionId } = await openSimulatedAgent(prod);
    const body = { limit: 10, waitMs: 0 };
    expect((await prod.call(ClaimDeliveries, { params: { sessionId }, body })).deliveries).toEqual([]);
    const [taken] = await claim();
    await report(taken ?? { id: '', tries: 0 }, {}, prod);
    expect((await list())[0]?.deliveries[0]).toMatchObject({ state: 'sending' });
  });

  test('is taken once, however many claims come at once', async () => {
    for (let at = 0; at < 5; at += 1) await endRun(FAILURE);
    const taken = (await Promise.all([claim(0, 2), claim(0, 2), claim(0, 2), claim(0, 2)])).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
    const rest = await claim();
    expect(taken.length + rest.length).toBe(5);
  });

  test('whatever is lost, repeated or late, ends delivered exactly when a try was reported so', async () => {
    const steps = fc.array(fc.constantFrom('claim', 'lose', 'fail', 'deliver', 'late-fail'), { maxLength: 12 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (names) => {
        run += 1;
        await endRun(FAILURE, `p${run}`);
        let held: TakenDelivery | undefined;
        let first: TakenDelivery | undefined;
        let isDelivered = false;
        for (const name of names) {
          await makeDue();
          if (name === 'claim' || (name !== 'lose' && held === undefined)) {
            held = (await claim())[0] ?? held;
            first ??= held;
          }
          if (name === 'lose') held = undefined;
          if (name === 'fail' && held) await report(held, failed());
          if (name === 'late-fail' && first) await report(first, failed());
          if (name === 'deliver' && held) {
            await report(held);
            isDelivered = true;
          }
        }
        const [delivery] = (await list())[0]?.deliveries ?? [];
        expect(delivery?.state === 'delivered').toBe(isDelivered);
        if (delivery && !isDelivered) await report({ id: delivery.id, tries: Math.max(delivery.tries, 1) });
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

test('pages and filters list what they say', async () => {
  await endRun(FAILURE);
  await endRun({});
  await endRun(FAILURE);
  const all = await list();
  const first = await t.engineer.call(ListNotifications, { query: { limit: 2 } });
  const second = await t.engineer.call(ListNotifications, { query: { limit: 2, after: first.next ?? '' } });
  expect([...first.notifications, ...second.notifications]).toEqual(all);
  expect(second.next).toBeNull();
  expect((await list({ severity: 'info' })).map(({ kind }) => kind)).toEqual(['run.recovered']);
  expect(await list({ environment: 'prod' })).toEqual([]);
  expect(await list({ state: 'delivered' })).toEqual([]);
});
