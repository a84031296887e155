// Everybody at once, on two servers: no order of locks may end in a deadlock, and all that was begun comes to an end.
import {
  ApiError,
  type AttemptGrant,
  CancelRun,
  FinishAttempts,
  ListRuns,
  ListSchedules,
  RegisterCode,
  RerunRun,
  SetPool,
  StartRun,
} from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { buildSchedule, setDue } from '../testing/scheduled-pipeline.ts';
import { buildFinish, openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), { leaseSeconds: 3600 });
});
afterAll(() => t.close());

const CONTENTION_MS = Number(process.env.CONTENTION_MS ?? 6000);
const POOLS = ['alpha', 'beta', 'gamma'];
const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(Math.random() * items.length)];

function registerAll(client: TestServer['agent']) {
  return [0, 1, 2].map(async (at) => {
    const tasks = Array.from({ length: 6 }, (_, task) =>
      buildTask(`t${task}`, {
        pool: pick(POOLS) ?? 'alpha',
        dependsOn: task < 3 ? [] : [`t${task - 3}`, `t${(task - 2) % 3}`].filter((id, i, all) => all.indexOf(id) === i),
        triggerRule: pick(['all_succeeded', 'all_done'] as const) ?? 'all_done',
        retry: { limit: 2, delaySeconds: 0 },
      }),
    );
    const schedules = [
      buildSchedule({ name: 'replace', overlap: 'replace' }),
      buildSchedule({ name: 'queue', overlap: 'queue' }),
    ];
    const graph = { ...buildGraph(`p${at}`, tasks), schedules };
    const pools = Object.fromEntries(POOLS.toSorted(() => Math.random() - 0.5).map((name) => [name, 1 + at]));
    await client.call(RegisterCode, { body: { ...buildRegistration([graph], `code-${at}`), pools } });
  });
}

test('everybody at once on two servers: no deadlock, no server error, and all of it ends', async () => {
  const replica = await t.startReplica();
  const failures: string[] = [];
  const deadline = performance.now() + CONTENTION_MS;
  const counts = new Map<string, number>();
  const repeat = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    while (performance.now() < deadline) {
      try {
        await act();
        counts.set(name, (counts.get(name) ?? 0) + 1);
      } catch (thrown) {
        if (!(thrown instanceof ApiError) || thrown.status >= 500) failures.push(`${name}: ${String(thrown)}`);
        else counts.set(`${name} ${thrown.code}`, (counts.get(`${name} ${thrown.code}`) ?? 0) + 1);
      }
    }
  };
  await Promise.all(registerAll(t.agent));
  const people = [t.engineer, t.clientOf(t.tokens.engineer, replica)];
  const recent = async (person: TestServer['engineer']) =>
    (await person.call(ListRuns, { query: { environment: 'int', limit: 20 } })).runs;
  const agents = await Promise.all(
    [t.clientOf(t.tokens.agent), t.clientOf(t.tokens.otherAgent, replica)].map(async (client) => ({
      client,
      agent: await openSimulatedAgent(client),
      held: [] as AttemptGrant[],
    })),
  );
  const finishSome = async ({ client, agent, held }: (typeof agents)[number], slots: number) => {
    const part = held.splice(0, 1 + Math.floor(Math.random() * 8)).toReversed();
    const body = {
      attempts: part.map((grant) =>
        buildFinish(grant, Math.random() < 0.3 ? { outcome: 'failed', exitCode: 1, executedMs: 5 } : { executedMs: 5 }),
      ),
      slots,
    };
    const reply = await client.call(FinishAttempts, { params: { sessionId: agent.sessionId }, body });
    held.push(...reply.attempts);
  };
  const ofAgents = agents.flatMap((one) => [
    ...[1, 2].map(() => repeat('claim', async () => one.held.push(...(await one.agent.claim(5, 20))))),
    ...[1, 2, 3].map(() => repeat('finish', () => finishSome(one, 5))),
  ]);
  const ofPeople = people.flatMap((person) => [
    repeat('start', () =>
      person.call(StartRun, { body: { pipeline: pick(['p0', 'p1', 'p2']) ?? 'p0', environment: 'int' } }),
    ),
    repeat('cancel', async () => {
      const run = pick(await recent(person));
      if (run) await person.call(CancelRun, { params: { runId: run.id }, body: {} });
    }),
    repeat('rerun', async () => {
      const run = pick(await recent(person));
      if (run) await person.call(RerunRun, { params: { runId: run.id }, body: { from: 'failed' } });
    }),
    repeat('pool', () =>
      person.call(SetPool, {
        params: { environment: 'int', name: pick(POOLS) ?? 'alpha' },
        body: { slots: 1 + Math.floor(Math.random() * 5) },
      }),
    ),
  ]);
  const others = [
    repeat('register', () => Promise.all(registerAll(t.agent))),
    repeat('register', () => Promise.all(registerAll(t.clientOf(t.tokens.otherAgent, replica)))),
    withConnection(t.databaseUrl, (client) =>
      repeat('tick', async () => {
        const { schedules } = await t.engineer.call(ListSchedules, { query: {} });
        const schedule = pick(schedules);
        if (schedule) await setDue(client, schedule.id).catch(() => undefined);
        await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'schedules']);
      }),
    ),
  ];
  await Promise.all([...ofAgents, ...ofPeople, ...others]);
  if (process.env.CONTENTION_SHOW) console.log(Object.fromEntries(counts), failures.slice(0, 10));
  expect(failures).toEqual([]);
  for (const name of POOLS)
    await t.engineer.call(SetPool, { params: { environment: 'int', name }, body: { slots: 1000 } });
  await withConnection(t.databaseUrl, async (client) => {
    await client.query(`update schedules set next_slot_at = null`).catch(() => undefined);
    for (let round = 0; ; round += 1) {
      expect(round, 'rounds until all has ended').toBeLessThan(2000);
      for (const one of agents) {
        one.held.push(...(await one.agent.claim(1000)));
        while (one.held.length > 0) await finishSome(one, 0);
      }
      const { rows } = await client.query("select count(*)::int as n from runs where state in ('queued', 'running')");
      if (rows[0].n === 0) break;
    }
    const live = await client.query("select id from attempts where state in ('granted', 'running', 'uncertain')");
    expect(live.rows).toEqual([]);
    const wrong = await client.query(
      `select r.id, r.unfinished_tasks, r.state from runs r where r.unfinished_tasks <> 0
        or exists (select from run_tasks x where x.run_id = r.id and x.state in ('waiting', 'ready', 'running'))`,
    );
    expect(wrong.rows).toEqual([]);
    const { rows } = await client.query(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
    expect(rows).toEqual([{ deadlocks: 0 }]);
  });
}, 120_000);
