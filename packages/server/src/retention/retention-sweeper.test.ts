// What the platform deletes of its own work, on a real PostgreSQL: runs that really ran are made old, then swept.
import { createHash } from 'node:crypto';
import {
  AppendLog,
  CreateRelease,
  FinishAttempts,
  GetRun,
  ListRuns,
  RegisterCode,
  RerunRun,
  StartRun,
  UploadBundle,
} from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectionConfig, openPool } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { startServer } from '../start-server.ts';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../testing/builders.ts';
import { findAuditProblems, readAuditChain } from '../testing/read-audit-chain.ts';
import { buildRelease } from '../testing/released.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { type SweepBatch, sweep } from './retention-sweeper.ts';

let t: TestServer;
let agent: SimulatedAgent;
let pool: pg.Pool;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), { retentionDays: 0 });
  agent = await openSimulatedAgent(t.agent);
  pool = openPool(t.databaseUrl);
});
afterEach(async () => {
  await pool.end();
  await t.close();
});

const BATCH: SweepBatch = { runs: 20, chunks: 1_000, events: 5_000, bundles: 10 };
const run = (batch: Partial<SweepBatch> = {}): Promise<void> =>
  sweep(pool, { days: 90, signal: new AbortController().signal, batch: { ...BATCH, ...batch } });

/** Starts a run of two tasks and lets it succeed, with a log of so many chunks. */
async function complete(pipeline = 'daily', chunks = 1): Promise<string> {
  const id = await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })], pipeline);
  for (const taskId of ['a', 'b']) {
    const [grant] = await agent.claim(1);
    if (grant?.taskId !== taskId) throw new Error(`${taskId} was not granted`);
    const { attemptId, epoch } = grant;
    const params = { sessionId: agent.sessionId, attemptId };
    for (let at = 0; at < chunks; at += 1)
      await t.agent.call(AppendLog, { params, query: { epoch, offset: at }, bytes: new Uint8Array([120]) });
    const attempts = [buildFinish(grant, { logLengthBytes: chunks })];
    await t.agent.call(FinishAttempts, { params: { sessionId: agent.sessionId }, body: { attempts, slots: 0 } });
  }
  return id;
}

const age = (days: number, ...ids: readonly string[]) =>
  pool.query(`update runs set finished_at = now() - make_interval(days => $1) where id = any ($2::uuid[])`, [
    days,
    ids,
  ]);

async function listIds(): Promise<ReadonlySet<string>> {
  return new Set((await t.engineer.call(ListRuns, { query: { limit: 200 } })).runs.map(({ id }) => id));
}

async function count(table: string): Promise<number> {
  return (await pool.query<{ count: number }>(`select count(*)::int as count from ${table}`)).rows[0]?.count ?? -1;
}

const EVERYTHING = ['runs', 'run_tasks', 'run_task_edges', 'attempts', 'log_chunks'];
const countAll = (): Promise<number[]> => Promise.all(EVERYTHING.map(count));

test('a run that ended too long ago goes with tasks, attempts and logs; a younger one stays whole', async () => {
  const old = await complete();
  const before = await countAll();
  const young = await complete();
  await complete();
  await age(91, old);
  await age(89, young);
  const all = await countAll();
  await run();
  expect((await listIds()).has(old)).toBe(false);
  expect((await listIds()).has(young)).toBe(true);
  expect(await countAll()).toEqual(all.map((number, at) => number - (before[at] ?? 0)));
  expect((await t.engineer.call(GetRun, { params: { runId: young } })).tasks).toHaveLength(2);
});

test('an active run stays however old', async () => {
  const active = await startRunOf(t, [buildTask('a')], 'slow');
  await startRunOf(t, [buildTask('a')], 'slow');
  await pool.query(`update runs set created_at = now() - interval '1000 days'`);
  await run();
  expect((await listIds()).has(active)).toBe(true);
});

test('the last run of each pipeline stays: people ask how it ended', async () => {
  const [first, second] = [await complete('monthly'), await complete('monthly')];
  const only = await complete('yearly');
  await age(400, first, second, only);
  await run();
  expect(await listIds()).toEqual(new Set([second, only]));
});

test('a run that a later one repeats stays as long as that one does', async () => {
  const first = await complete();
  const { id: repeated } = await t.engineer.call(RerunRun, {
    params: { runId: first },
    body: { from: 'tasks', tasks: ['b'] },
  });
  const [grant] = await agent.claim(1);
  await agent.finish(grant ? [grant] : []);
  await complete();
  await age(200, first);
  await run();
  expect((await listIds()).has(first)).toBe(true);
  await age(100, repeated);
  await run({ runs: 1 });
  const left = await listIds();
  expect([first, repeated].map((id) => left.has(id))).toEqual([false, false]);
});

test('a long log goes in pieces', async () => {
  const old = await complete('daily', 7);
  await complete();
  await age(91, old);
  await run({ chunks: 3 });
  expect((await listIds()).has(old)).toBe(false);
  expect(await count('log_chunks')).toBe(2);
});

test('two servers that sweep at once delete each run once, with an entry of the audit for each; the chain holds', async () => {
  const ids: string[] = [];
  for (let at = 0; at < 6; at += 1) ids.push(await complete());
  await complete();
  await age(91, ...ids);
  await Promise.all([run({ runs: 2 }), run({ runs: 2 })]);
  expect((await listIds()).size).toBe(1);
  const lines = await readAuditChain(t.administrator);
  expect(findAuditProblems(lines)).toEqual([]);
  const entries = JSON.stringify(lines);
  expect(entries.match(/"run\.deleted"/g)).toHaveLength(6);
  // What was decided about it when it lived is told for ever.
  expect(entries.match(/"run\.started"/g)).toHaveLength(7);
});

test('a run that is being repeated at this moment is left alone', async () => {
  const old = await complete();
  await complete();
  await age(91, old);
  const other = new pg.Client(connectionConfig(t.databaseUrl));
  await other.connect();
  // As the foreign key of a planned re-run does.
  await other.query('begin');
  await other.query('select from runs where id = $1 for key share', [old]);
  await run();
  expect((await listIds()).has(old)).toBe(true);
  await other.query('rollback');
  await other.end();
  await run();
  expect((await listIds()).has(old)).toBe(false);
});

test('old events go, in the order they are read in; younger ones stay', async () => {
  await complete();
  await pool.query(`update events set at = now() - interval '91 days'`);
  const old = await count('events');
  await complete();
  const all = await count('events');
  await run({ events: 3 });
  expect(await count('events')).toBe(all - old);
});

test('what sources said goes when nobody asked for it any more', async () => {
  await pool.query(
    `insert into evidence (key, source, question, claimed_until)
     select 'k' || n, 's', '{}', now() - make_interval(days => 88 + n) from generate_series(1, 5) n`,
  );
  await run({ events: 1 });
  const { rows } = await pool.query(`select key from evidence order by key`);
  // The others were asked for 90 days ago and before.
  expect(rows).toEqual([{ key: 'k1' }]);
});

test('a bundle stays while a run, a release or a code location names it, and while it is young', async () => {
  const hashes: string[] = [];
  for (const text of ['unused', 'young', 'of a run', 'of a release', 'current']) {
    const bytes = new TextEncoder().encode(text);
    const hash = createHash('sha256').update(bytes).digest('hex');
    await t.agent.call(UploadBundle, { params: { hash }, bytes });
    hashes.push(hash);
  }
  const [unused, young, ofRun, ofRelease, current] = hashes;
  const graph = buildGraph('daily', [buildTask('a')]);
  for (const bundleHash of [ofRun, current]) {
    await t.agent.call(RegisterCode, { body: { ...buildRegistration([graph]), bundleHash } });
    if (bundleHash === ofRun) await t.engineer.call(StartRun, { body: { pipeline: 'daily', environment: 'int' } });
  }
  await t.engineer.call(CreateRelease, { body: { ...buildRelease('v1.0.0'), bundleHash: ofRelease } });
  await pool.query(`update bundles set created_at = now() - interval '91 days' where hash <> $1`, [young]);
  await run();
  const { rows } = await pool.query<{ hash: string }>('select hash from bundles');
  expect(new Set(rows.map(({ hash }) => hash))).toEqual(new Set([young, ofRun, ofRelease, current]));
  expect(unused).toBeDefined();
});

test('a run of ten thousand tasks goes in seconds', { timeout: 60_000 }, async () => {
  const old = await complete();
  await complete();
  await age(91, old);
  await pool.query(`
    with g as (select graph_hash from runs where id = '${old}')
    insert into graph_tasks (graph_hash, task_id, position, spec, spec_hash)
    select g.graph_hash, 't' || n, 10 + n, '{}', 's' from g, generate_series(1, 10000) n`);
  await pool.query(`
    insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on)
    select r.id, 't' || n, 10 + n, 'int', r.graph_hash, 'succeeded', 0 from runs r, generate_series(1, 10000) n where r.id = '${old}'`);
  await pool.query(`
    insert into run_task_edges (run_id, upstream_id, downstream_id)
    select '${old}', 't' || n, 't' || n + d from generate_series(1, 9990) n, generate_series(1, 5) d`);
  await pool.query('analyze');
  const before = performance.now();
  await run();
  expect((await listIds()).has(old)).toBe(false);
  expect(performance.now() - before).toBeLessThan(20_000);
});

test('a server sweeps by itself when it starts; with 0 days it never does', async () => {
  const old = await complete();
  await complete();
  await age(91, old);
  expect((await listIds()).has(old)).toBe(true);
  const sweeping = await startServer({ databaseUrl: t.databaseUrl, host: '127.0.0.1', port: 0, version: '1.2.3' });
  await waitFor('the old run to go', 20_000, async () => !(await listIds()).has(old));
  await sweeping.close();
});
