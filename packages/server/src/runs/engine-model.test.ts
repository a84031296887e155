// Any interleaving of what agents, people and time do, on random graphs, against a pure model of the engine.
import { type AttemptOutcome, TRIGGER_RULES, type TriggerRule } from '@towpath/core';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { type EngineModel, listLive, type ModelPlan } from '../testing/engine-model.ts';
import * as steps from '../testing/engine-steps.ts';
import { rerun } from '../testing/rerun-step.ts';
import { INSTANCES, restart } from '../testing/restart-step.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  // Leases end only where a step says so.
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), { leaseSeconds: 3600 });
});
afterAll(() => t.close());

// Object.keys loses the literal type.
const RULES = Object.keys(TRIGGER_RULES) as TriggerRule[];

// Edges point to earlier tasks only, so every graph is acyclic.
const graphs: fc.Arbitrary<readonly ModelPlan[]> = fc
  .array(
    fc.record({
      rule: fc.constantFrom(...RULES),
      upstreams: fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
      isPooled: fc.boolean(),
      priority: fc.constantFrom(0, 0, 5, -5),
      retryLimit: fc.nat(2),
      isRetriedLate: fc.boolean(),
      isIdempotent: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((raw) =>
    raw.map(({ upstreams, ...plan }, at) => {
      const dependsOn = at === 0 ? [] : [...new Set(upstreams.map((upstream) => `t${upstream % at}`))];
      // one_failed needs something that could fail.
      return { ...plan, id: `t${at}`, dependsOn, rule: dependsOn.length === 0 ? 'all_succeeded' : plan.rule };
    }),
  );

const agent = fc.nat(1);
const at = fc.nat(10);

/** Outcome and exit code, as agents report them: 1 = failed, 75 = try again, 78 = configuration; a time limit has none. */
const ends = fc.constantFrom<readonly [AttemptOutcome, number | null]>(
  ['succeeded', 0],
  ['succeeded', 0],
  ['failed', 1],
  ['failed', 75],
  ['failed', 78],
  ['failed', null],
  ['errored', null],
  ['cancelled', null],
);

const commands = fc.commands(
  [
    graphs.map(steps.startRun),
    fc.tuple(agent, fc.integer({ min: 1, max: 4 })).map((args) => steps.claim(...args)),
    fc.tuple(agent, fc.integer({ min: 1, max: 4 })).map((args) => steps.claim(...args)),
    fc.integer({ min: 1, max: 4 }).map(steps.claimAtOnce),
    fc.tuple(agent, at).map((args) => steps.reportStart(...args)),
    fc.tuple(agent, at, ends).map(([who, which, end]) => steps.finish(who, which, ...end)),
    fc.tuple(agent, at, ends).map(([who, which, end]) => steps.finish(who, which, ...end)),
    fc.tuple(agent, at).map((args) => steps.giveBack(...args)),
    fc.tuple(agent, at).map((args) => steps.speakTooLate(...args)),
    agent.map(steps.silence),
    agent.map(steps.comeBack),
    agent.map(steps.lose),
    at.map(steps.giveUp),
    fc.tuple(agent, fc.nat(3)).map(([who, lost]) => restart(who, (index) => index % 4 !== lost)),
    at.map(steps.cancel),
    fc.tuple(at, fc.constantFrom('start', 'failed', 'tasks'), at).map((args) => rerun(...args)),
    fc.nat(3).map(steps.resizePool),
    fc.constant(steps.letTimePass()),
  ],
  { maxCommands: 40, size: 'max' },
);

/** A run before may have stopped half-way. */
async function begin(): Promise<{ model: EngineModel; real: steps.RealEngine }> {
  // Whatever the server looks at just then holds locks in an order of its own; the database ends one of the two.
  await waitFor('the tables to be empty', 20_000, async () => {
    await withConnection(t.databaseUrl, (client) => client.query('truncate runs cascade'));
    return true;
  });
  const [first, second] = INSTANCES;
  const agents = [
    await openSimulatedAgent(t.agent, { instanceId: first }),
    await openSimulatedAgent(t.clientOf(t.tokens.otherAgent), { instanceId: second }),
  ];
  const model: EngineModel = { runs: [], attempts: [], poolSlots: 0 };
  const real = { t, agents };
  await steps.resizePool(1).run(model, real);
  return { model, real };
}

/** Lets everything go well from here on. Each round ends or retries at least one task, so it comes to an end. */
async function drain(model: EngineModel, real: steps.RealEngine): Promise<void> {
  await steps.resizePool(2).run(model, real);
  for (let round = 0; model.runs.some(({ state }) => state === 'open'); round += 1) {
    expect(round, 'rounds until all runs have ended').toBeLessThan(100);
    await steps.letTimePass().run(model, real);
    for (const who of [0, 1]) {
      await steps.claim(who, 100).run(model, real);
      while (listLive(model, who).length > 0) await steps.finish(who, 0, 'succeeded', 0).run(model, real);
    }
  }
  expect(listLive(model)).toEqual([]);
}

test('whatever happens in whatever order, every task, attempt, run and pool is as the rules say, and all ends', async () => {
  const seed = process.env.TOWPATH_TEST_SEED;
  await fc.assert(
    fc.asyncProperty(commands, async (chosen) => {
      const { model, real } = await begin();
      await fc.asyncModelRun(() => ({ model, real }), chosen);
      await drain(model, real);
    }),
    { numRuns: 12, ...(seed !== undefined && { seed: Number(seed) }) },
  );
}, 240_000);
