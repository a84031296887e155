// Random graphs with random outcomes, driven through the API as agents would: whatever happens, a run ends, and right.
import { type AttemptGrant, CancelRun, ClaimAttempts, FinishAttempts, GetRun, type RunDetail } from '@towpath/api';
import { type AttemptOutcome, isTerminalRunState } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { buildFinish, openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let first: SimulatedAgent;
let second: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  first = await openSimulatedAgent(t.agent);
  second = await openSimulatedAgent(t.clientOf(t.tokens.otherAgent));
});
afterAll(() => t.close());

test('a task is granted with all that an executor needs, and a finish is answered with the next grants', async () => {
  const extract = buildTask('extract', { argv: ['copy', '$HOME;*'], environmentVariables: { MODE: 'full' } });
  const runId = await startRunOf(t, [extract, buildTask('load', { dependsOn: ['extract'] })]);
  const [grant] = await first.claim();
  expect(grant).toMatchObject({
    runId,
    runName: 'daily-int #1',
    pipeline: 'daily',
    taskId: 'extract',
    attemptNumber: 1,
    epoch: 1,
    argv: ['copy', '$HOME;*'],
    environmentVariables: { MODE: 'full' },
    timeoutSeconds: 60,
    datakit: { name: 'shell', version: '1.0.0' },
  });
  if (!grant) throw new Error('nothing was granted');
  expect(await first.start([grant])).toEqual([]);
  const params = { sessionId: first.sessionId };
  const body = { attempts: [buildFinish(grant, { result: { rows: 3 } })], slots: 5 };
  const next = await t.agent.call(FinishAttempts, { params, body });
  expect(next.attempts.map(({ taskId }) => taskId)).toEqual(['load']);
  await first.finish(next.attempts);
  const run = await t.engineer.call(GetRun, { params: { runId } });
  expect(run).toMatchObject({ state: 'succeeded', taskCounts: { succeeded: 2 } });
  expect(run.tasks[0]?.attempts[0]).toMatchObject({ result: { rows: 3 }, state: 'succeeded', exitCode: 0 });
});

interface Plan {
  readonly dependsOn: readonly number[];
  readonly retryLimit: number;
  /** How its attempts end, one after the other; the last one for all further. */
  readonly outcomes: readonly AttemptOutcome[];
}

// Edges point to earlier tasks only, so every plan is acyclic.
const plans: fc.Arbitrary<readonly Plan[]> = fc
  .array(
    fc.record({
      upstreams: fc.array(fc.nat(), { maxLength: 4 }),
      retryLimit: fc.nat(2),
      outcomes: fc.array(
        fc.oneof(
          { weight: 4, arbitrary: fc.constant<AttemptOutcome>('succeeded') },
          fc.constantFrom<AttemptOutcome>('failed', 'errored', 'cancelled'),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((raw) =>
    raw.map(({ upstreams, ...plan }, index) => ({
      ...plan,
      dependsOn: index === 0 ? [] : upstreams.map((upstream) => upstream % index),
    })),
  );

/** What the rules say about a plan: the end of each task, and how many attempts it takes. */
function predict(plan: readonly Plan[]): { state: string; attempts: number }[] {
  const ends: { state: string; attempts: number }[] = [];
  for (const { dependsOn, retryLimit, outcomes } of plan) {
    if (dependsOn.some((upstream) => ends[upstream]?.state !== 'succeeded')) {
      ends.push({ state: 'upstream_failed', attempts: 0 });
      continue;
    }
    let attempts = 0;
    let outcome: AttemptOutcome;
    do {
      outcome = outcomes[Math.min(attempts, outcomes.length - 1)] ?? 'succeeded';
      attempts += 1;
    } while ((outcome === 'failed' || outcome === 'errored') && attempts <= retryLimit);
    ends.push({ state: outcome, attempts });
  }
  return ends;
}

function outcomeOf(plan: readonly Plan[], grant: AttemptGrant): AttemptOutcome {
  const outcomes = plan[Number(grant.taskId.slice(1))]?.outcomes ?? [];
  return outcomes[Math.min(grant.attemptNumber - 1, outcomes.length - 1)] ?? 'succeeded';
}

/** Two agents work on a run until it has ended; each finish is sent twice. */
async function drive(runId: string, plan: readonly Plan[], beforeRound: () => Promise<void>): Promise<RunDetail> {
  for (let round = 0; round < 100; round += 1) {
    await beforeRound();
    await Promise.all([first, second].map((agent) => workOnce(agent, plan)));
    const run = await t.engineer.call(GetRun, { params: { runId } });
    if (isTerminalRunState(run.state)) return run;
  }
  throw new Error(`the run is stuck: ${JSON.stringify(await t.engineer.call(GetRun, { params: { runId } }))}`);
}

async function workOnce(agent: SimulatedAgent, plan: readonly Plan[]): Promise<void> {
  const grants = await agent.claim(3);
  for (const grant of grants) {
    const outcome = outcomeOf(plan, grant);
    const facts = { outcome, exitCode: outcome === 'succeeded' ? 0 : 1 };
    const stale = await Promise.all([agent.finish([grant], facts), agent.finish([grant], facts)]);
    expect(stale.flat()).toEqual([]);
  }
}

function toTasks(plan: readonly Plan[]) {
  return plan.map(({ dependsOn, retryLimit }, index) =>
    buildTask(`t${index}`, {
      dependsOn: dependsOn.map((upstream) => `t${upstream}`),
      retry: { limit: retryLimit, delaySeconds: 0 },
    }),
  );
}

test('every run of a random graph ends as the rules say, with one accepted result per attempt', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const runId = await startRunOf(t, toTasks(plan), 'random');
      const run = await drive(runId, plan, async () => undefined);
      const expected = predict(plan);
      expect(run.tasks.map(({ state, attempts }) => ({ state, attempts: attempts.length }))).toEqual(expected);
      const states = new Set(expected.map(({ state }) => state));
      const hasFailed = states.has('failed') || states.has('errored');
      expect(run.state).toBe(hasFailed ? 'failed' : states.has('cancelled') ? 'cancelled' : 'succeeded');
    }),
    { numRuns: 40 },
  );
});

test('a run that is cancelled at any moment ends, and nothing of it is granted afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.nat(4), async (plan, cancelRound) => {
      const runId = await startRunOf(t, toTasks(plan), 'cancelled');
      let round = 0;
      const run = await drive(runId, plan, async () => {
        if (round === cancelRound) {
          await Promise.all([
            t.engineer.call(CancelRun, { params: { runId }, body: { reason: 'test' } }),
            workOnce(first, plan),
          ]);
        }
        round += 1;
      });
      expect(run.tasks.flatMap(({ attempts }) => attempts.map(({ state }) => state))).not.toContain('granted');
      expect(run.tasks.every(({ state }) => !['waiting', 'ready', 'running'].includes(state))).toBe(true);
      const params = { sessionId: first.sessionId };
      const { attempts } = await t.agent.call(ClaimAttempts, { params, body: { slots: 100, waitMs: 0 } });
      expect(attempts).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('hundreds of claims at once grant every task exactly once', async () => {
  const runId = await startRunOf(
    t,
    Array.from({ length: 200 }, (_, index) => buildTask(`t${index}`)),
    'wide',
  );
  const claims = await Promise.all(
    Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? first : second).claim(1 + (index % 9))),
  );
  const rest = await first.claim(1000);
  const granted = [...claims.flat(), ...rest].map(({ taskId }) => taskId);
  expect(granted).toHaveLength(200);
  expect(new Set(granted).size).toBe(200);
  const run = await t.engineer.call(GetRun, { params: { runId } });
  expect(run.tasks.every(({ attempts }) => attempts.length === 1)).toBe(true);
  for (const agent of [first, second]) {
    const own = run.tasks.flatMap(({ attempts }) => attempts);
    const name = agent === first ? 'first' : 'second';
    const mine = [...claims.flat(), ...rest].filter(({ attemptId }) =>
      own.some(({ id, agent: holder }) => id === attemptId && holder === name),
    );
    expect(await agent.finish(mine)).toEqual([]);
  }
  expect((await t.engineer.call(GetRun, { params: { runId } })).state).toBe('succeeded');
});
