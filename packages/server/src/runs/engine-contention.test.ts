// Everybody at once, on two servers: no order of locks may end in a deadlock, and all that was begun comes to an end.
import {
  ApiError,
  type AttemptGrant,
  CancelRun,
  type Client,
  FinishAttempts,
  ListRuns,
  ListSchedules,
  RegisterCode,
  RerunRun,
  type RunSummary,
  SetPool,
  StartRun,
} from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { buildSchedule, setDue } from '../testing/scheduled-pipeline.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), {
    leaseSeconds: 3600,
    logLevel: 'error',
  });
});
afterAll(() => t.close());

/** A storm in CI; hours of it in a campaign find what is rarer. */
const STORM_MS = Number(process.env.TOWPATH_TEST_STORM_MS ?? 4_000);
const POOLS = ['alpha', 'beta', 'gamma'] as const;
const PIPELINES = ['p0', 'p1', 'p2'] as const;

function pick<T>(items: readonly [T, ...T[]]): T {
  return items[Math.floor(Math.random() * items.length)] ?? items[0];
}

/** Registers all pipelines anew, each in a location of its own, and never twice the same. */
async function registerAll(client: Client): Promise<void> {
  const policies = [buildSchedule({ name: 'a', overlap: 'replace' }), buildSchedule({ name: 'b', overlap: 'queue' })];
  const register = (pipeline: string, at: number) => {
    const tasks = Array.from({ length: 6 }, (_, task) =>
      buildTask(`t${task}`, {
        pool: pick(POOLS),
        dependsOn: task < 3 ? [] : [`t${task - 3}`],
        triggerRule: pick(['all_succeeded', 'all_done']),
      }),
    );
    const graph = { ...buildGraph(pipeline, tasks), schedules: policies };
    const pools = Object.fromEntries(POOLS.map((name) => [name, 1 + at]));
    return client.call(RegisterCode, { body: { ...buildRegistration([graph], `code-${at}`), pools } });
  };
  await Promise.all(PIPELINES.map(register));
}

interface Worker {
  readonly client: Client;
  readonly agent: SimulatedAgent;
  readonly held: AttemptGrant[];
}

async function openWorker(client: Client): Promise<Worker> {
  return { client, agent: await openSimulatedAgent(client), held: [] };
}

async function finishSome({ client, agent, held }: Worker, slots: number): Promise<void> {
  const attempts = held
    .splice(0, 8)
    .toReversed()
    .map((grant) => buildFinish(grant, Math.random() < 0.3 ? { outcome: 'failed', exitCode: 1 } : {}));
  const params = { sessionId: agent.sessionId };
  held.push(...(await client.call(FinishAttempts, { params, body: { attempts, slots } })).attempts);
}

async function pickRun(person: Client): Promise<RunSummary | undefined> {
  const { runs } = await person.call(ListRuns, { query: { environment: 'int', limit: 20 } });
  return runs[Math.floor(Math.random() * runs.length)];
}

const setPool = (person: Client, name: string, slots: number) =>
  person.call(SetPool, { params: { environment: 'int', name }, body: { slots } });

function listActs(worker: Worker, person: Client): readonly (() => Promise<unknown>)[] {
  return [
    async () => worker.held.push(...(await worker.agent.claim(5, 20))),
    // As agents do: one report under way at a time.
    () => finishSome(worker, 5),
    () => person.call(StartRun, { body: { pipeline: pick(PIPELINES), environment: 'int' } }),
    async () => {
      const run = await pickRun(person);
      if (run && Math.random() < 0.2) await person.call(CancelRun, { params: { runId: run.id }, body: {} });
    },
    async () => {
      const run = await pickRun(person);
      if (run) await person.call(RerunRun, { params: { runId: run.id }, body: { from: 'failed' } });
    },
    () => setPool(person, pick(POOLS), pick([1, 2, 5])),
    () => registerAll(worker.client),
  ];
}

async function tickSome(client: pg.Client): Promise<void> {
  const { schedules } = await t.engineer.call(ListSchedules, { query: {} });
  const schedule = schedules[Math.floor(Math.random() * schedules.length)];
  if (schedule) await setDue(client, schedule.id);
  await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'schedules']);
}

/** Repeats until the storm is over; a refusal by the rules is fine. */
async function repeat(act: () => Promise<unknown>, untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    await act().catch((thrown: unknown) => {
      if (!(thrown instanceof ApiError) || thrown.status >= 500) throw thrown;
    });
  }
}

/** Lets everything end; each round ends at least one task of each run, or starts what waited for it. */
async function drain(workers: readonly Worker[], client: pg.Client): Promise<void> {
  for (const name of POOLS) await setPool(t.engineer, name, 1000);
  for (let round = 0; ; round += 1) {
    expect(round, 'rounds until all has ended').toBeLessThan(1000);
    for (const worker of workers) {
      worker.held.push(...(await worker.agent.claim(1000)));
      while (worker.held.length > 0) await finishSome(worker, 0);
    }
    // In one statement: what is due, or waits for the end of a run, becomes a run when the last one has ended.
    const { rowCount } = await client.query(
      `select from runs where finished_at is null
       union all select from schedule_slots where outcome = 'queued'
       union all select from schedules where next_slot_at <= now()`,
    );
    if (rowCount === 0) return;
  }
}

test(
  'everybody at once on two servers: no deadlock, no server error, and all of it ends',
  async () => {
    const replica = await t.startReplica();
    await registerAll(t.agent);
    const workers = [await openWorker(t.agent), await openWorker(t.clientOf(t.tokens.otherAgent, replica))] as const;
    const people = [t.engineer, t.clientOf(t.tokens.engineer, replica)] as const;
    const acts = [...listActs(workers[0], people[0]), ...listActs(workers[1], people[1])];
    const untilMs = performance.now() + STORM_MS;
    await withConnection(t.databaseUrl, async (client) => {
      const all = [...acts, () => tickSome(client)].map((act) => repeat(act, untilMs));
      expect((await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')).toEqual([]);
      await drain(workers, client);
      const { rows } = await client.query(
        `select (select count(*)::int from attempts where state in ('granted', 'running', 'uncertain')) as live,
              (select count(*)::int from run_tasks where state in ('waiting', 'ready', 'running')) as open,
              (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks`,
      );
      expect(rows).toEqual([{ live: 0, open: 0, deadlocks: 0 }]);
    });
  },
  STORM_MS + 120_000,
);
