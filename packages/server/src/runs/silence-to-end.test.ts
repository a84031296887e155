// Model-based: agents work, fall silent, come back, are replaced; people give up and cancel; time passes. In any order, two
// things at a time. Then the agents that are left finish, people give the rest up, and everything must be at an end.
import { type AttemptGrant, CancelRun, GetRun, GiveUpAttempt, RenewSession, type RunDetail } from '@towpath/api';
import { type AttemptOutcome, isTerminalAttemptState, isTerminalRunState, isTerminalTaskState } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { ageSilence, silenceSession } from '../testing/age-sessions.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  await t.startReplica();
});
afterAll(() => t.close());

const LOST_AFTER_SECONDS = 900;

interface Plan {
  readonly dependsOn: readonly number[];
  readonly retryLimit: number;
  readonly isIdempotent: boolean;
}

// Edges point to earlier tasks only, so every plan is acyclic.
const plans: fc.Arbitrary<readonly Plan[]> = fc
  .array(
    fc.record({ upstreams: fc.array(fc.nat(), { maxLength: 3 }), retryLimit: fc.nat(2), isIdempotent: fc.boolean() }),
    { minLength: 1, maxLength: 8 },
  )
  .map((raw) =>
    raw.map(({ upstreams, ...plan }, index) => ({
      ...plan,
      dependsOn: index === 0 ? [] : upstreams.map((upstream) => upstream % index),
    })),
  );

const OUTCOMES: readonly AttemptOutcome[] = ['succeeded', 'succeeded', 'succeeded', 'failed', 'errored'];

/** What happens; `who` is the agent, `pick` chooses among attempts and outcomes. */
interface Step {
  readonly kind: 'claim' | 'finish' | 'silence' | 'speak' | 'restart' | 'move' | 'giveUp' | 'lose' | 'cancel';
  readonly who: number;
  readonly pick: number;
}

const KINDS = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Step['kind']>('claim', 'finish') },
  { weight: 4, arbitrary: fc.constantFrom<Step['kind']>('silence', 'speak', 'giveUp', 'lose') },
  { weight: 1, arbitrary: fc.constantFrom<Step['kind']>('restart', 'move') },
  { weight: 1, arbitrary: fc.constant<Step['kind']>('cancel') },
);
const steps = fc.record({ kind: KINDS, who: fc.nat(1), pick: fc.nat(100) });
/** Each pair happens at once. */
const stories = fc.array(fc.tuple(steps, steps), { minLength: 3, maxLength: 14 });

/** One agent as it sees itself: what it believes to hold. */
interface Actor {
  readonly token: string;
  session: SimulatedAgent;
  host: string;
  held: AttemptGrant[];
}

interface World {
  readonly runId: string;
  readonly actors: readonly Actor[];
  /** Finishes that the server accepted, by attempt. */
  readonly accepted: Map<string, AttemptOutcome[]>;
}

const readRun = (runId: string) => t.engineer.call(GetRun, { params: { runId } });

async function open(token: string, host: string, leftovers: readonly AttemptGrant[] = []): Promise<SimulatedAgent> {
  return openSimulatedAgent(t.clientOf(token), { host, leftovers });
}

/** A session that another one replaced meanwhile is told so; that is an answer, not a failure. */
async function unlessEnded<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return asked.catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'SESSION_ENDED') return otherwise;
    throw thrown;
  });
}

async function reopen(actor: Actor, host: string): Promise<void> {
  const leftovers = actor.host === host ? actor.held : [];
  actor.session = await open(actor.token, host, leftovers);
  actor.host = host;
  actor.held = [...actor.session.adopted];
}

async function finishHeld({ accepted }: World, actor: Actor, pick: number): Promise<void> {
  const grant = actor.held[pick % Math.max(actor.held.length, 1)];
  if (!grant) return;
  actor.held = actor.held.filter((held) => held !== grant);
  const outcome = OUTCOMES[pick % OUTCOMES.length] ?? 'succeeded';
  const facts = { outcome, exitCode: outcome === 'succeeded' ? 0 : 1 };
  const stale = await Promise.all([actor.session.finish([grant], facts), actor.session.finish([grant], facts)]);
  expect(new Set(stale.map((ids) => ids.length)).size, 'a repetition is answered as the first report').toBe(1);
  if (stale[0]?.length === 0) accepted.set(grant.attemptId, [...(accepted.get(grant.attemptId) ?? []), outcome]);
}

async function giveUpOne(runId: string, pick: number): Promise<void> {
  const attempts = (await readRun(runId)).tasks.flatMap((task) => task.attempts);
  const uncertain = attempts.filter(({ state }) => state === 'uncertain');
  const attempt = uncertain[pick % Math.max(uncertain.length, 1)];
  if (!attempt) return;
  // Whoever came first (its agent, another person, the policy) made it certain.
  await t.engineer.call(GiveUpAttempt, { params: { attemptId: attempt.id }, body: {} }).catch((thrown: unknown) => {
    expect(thrown).toMatchObject({ code: 'ATTEMPT_NOT_UNCERTAIN' });
  });
}

function speak(actor: Actor): Promise<unknown> {
  const renewed = t.clientOf(actor.token).call(RenewSession, { params: { sessionId: actor.session.sessionId } });
  return unlessEnded<unknown>(renewed, undefined);
}

async function claim(actor: Actor, slots: number): Promise<void> {
  const { session } = actor;
  const grants = await unlessEnded(session.claim(slots), []);
  // A session that was replaced while it asked keeps nothing; the replacing one settles what it was granted.
  if (actor.session === session) actor.held.push(...grants);
}

function happen(world: World, { kind, who, pick }: Step): Promise<unknown> {
  const actor = world.actors[who];
  if (!actor) throw new Error(`there is no agent ${who}`);
  const { sessionId } = actor.session;
  const acts: Record<Step['kind'], () => Promise<unknown>> = {
    claim: () => claim(actor, 1 + (pick % 3)),
    finish: () => finishHeld(world, actor, pick),
    silence: () => silenceSession(t.databaseUrl, sessionId),
    speak: () => speak(actor),
    restart: () => reopen(actor, actor.host),
    move: () => reopen(actor, `host-${who}-${pick}`),
    giveUp: () => giveUpOne(world.runId, pick),
    lose: () => ageSilence(t.databaseUrl, sessionId, LOST_AFTER_SECONDS),
    cancel: () => t.engineer.call(CancelRun, { params: { runId: world.runId }, body: {} }),
  };
  return acts[kind]();
}

/** Agents that are alive go on; what no agent speaks for is given up. */
async function bringToEnd(world: World): Promise<RunDetail> {
  for (let round = 0; round < 60; round += 1) {
    for (const actor of world.actors) {
      await speak(actor);
      await claim(actor, 5);
      while (actor.held.length > 0) await finishHeld(world, actor, 0);
    }
    await giveUpOne(world.runId, round);
    const run = await readRun(world.runId);
    if (isTerminalRunState(run.state)) return run;
    // A restarted agent settles grants whose replies were lost.
    if (round % 5 === 4) for (const actor of world.actors) await reopen(actor, actor.host);
  }
  throw new Error(`the run is stuck: ${JSON.stringify(await readRun(world.runId))}`);
}

function checkEnd(run: RunDetail, accepted: World['accepted'], plan: readonly Plan[]): void {
  expect(run.tasks.filter(({ state }) => !isTerminalTaskState(state))).toEqual([]);
  run.tasks.forEach((task, index) => {
    const { retryLimit = 0, isIdempotent = false } = plan[index] ?? {};
    expect(task.attempts.filter(({ state }) => state === 'succeeded').length).toBe(task.state === 'succeeded' ? 1 : 0);
    expect(task.attempts.length).toBeLessThanOrEqual(retryLimit + 1);
    task.attempts.forEach((attempt, at) => {
      expect(isTerminalAttemptState(attempt.state)).toBe(true);
      // One accepted result, and it is the one that is shown; what was given up has none.
      const reports = accepted.get(attempt.id) ?? [];
      const isGivenUp = attempt.reasonCode === 'GIVEN_UP' || attempt.reasonCode === 'AGENT_LOST';
      expect(reports.length).toBeLessThanOrEqual(isGivenUp ? 0 : 1);
      if (reports[0] !== undefined) expect(attempt.state).toBe(reports[0]);
      if (attempt.lateResult) expect(isGivenUp).toBe(true);
      if (isGivenUp && !isIdempotent) expect(at, 'nothing follows it').toBe(task.attempts.length - 1);
    });
  });
}

test('whatever agents, people and time do to a run, it ends, with one accepted result per attempt', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(plans, stories, async (plan, story) => {
      count += 1;
      const tasks = plan.map(({ dependsOn, retryLimit, isIdempotent }, index) =>
        buildTask(`t${index}`, {
          dependsOn: dependsOn.map((upstream) => `t${upstream}`),
          retry: { limit: retryLimit, delaySeconds: 0 },
          idempotent: isIdempotent,
        }),
      );
      const tokens = [t.tokens.agent, t.tokens.otherAgent];
      const actors = await Promise.all(
        tokens.map(async (token, who) => ({
          token,
          session: await open(token, `host-${who}`),
          host: `host-${who}`,
          held: [],
        })),
      );
      const world: World = { runId: await startRunOf(t, tasks, `silent-${count}`), actors, accepted: new Map() };
      for (const pair of story) await Promise.all(pair.map((step) => happen(world, step)));
      checkEnd(await bringToEnd(world), world.accepted, plan);
    }),
    { numRuns: 40 },
  );
});
