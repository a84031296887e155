// What can happen to the engine, as commands for fast-check: each does it to the real server and to the model, and compares.
import { type AttemptGrant, CancelRun, GiveUpAttempt, RenewSession, SetPool } from '@towpath/api';
import type { AttemptOutcome } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import type fc from 'fast-check';
import { expect } from 'vitest';
import { withConnection } from '../db/database.ts';
import { ageSilence, silenceSession } from './age-sessions.ts';
import { buildTask, startRunOf } from './builders.ts';
import {
  addRun,
  cancelRun,
  countHeld,
  type EngineModel,
  endAttempt,
  listLive,
  type ModelAttempt,
  type ModelPlan,
  POOL,
  predictClaim,
  releaseUnbegun,
} from './engine-model.ts';
import { verifyModel } from './engine-truth.ts';
import type { SimulatedAgent } from './simulated-agent.ts';
import type { TestServer } from './test-server.ts';

/** The real thing. */
export interface RealEngine {
  readonly t: TestServer;
  /** Sessions of two agents, replaced when an agent starts again. */
  readonly agents: SimulatedAgent[];
}

export type EngineStep = fc.AsyncCommand<EngineModel, RealEngine>;

/** A step that may happen at any moment; where it means nothing, it must change nothing. */
export function step(name: string, act: (model: EngineModel, real: RealEngine) => Promise<void>): EngineStep {
  return {
    check: () => true,
    run: async (model, real) => {
      await act(model, real);
      await verifyModel(model, real.t);
    },
    toString: () => name,
  };
}

/** One of a list, whatever the number. */
export function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(list.length, 1)];
}

function agentOf({ agents }: RealEngine, at: number): SimulatedAgent {
  const agent = agents[at];
  if (!agent) throw new Error(`there is no agent ${at}`);
  return agent;
}

/** Who speaks as that agent. */
export const clientOf = ({ t }: RealEngine, at: number) => (at === 0 ? t.agent : t.clientOf(t.tokens.otherAgent));

/** A run of a pipeline is started, unless three are open. */
export function startRun(plans: readonly ModelPlan[]): EngineStep {
  const tasks = plans.map(({ id, rule, dependsOn, isPooled, priority, retryLimit, isRetriedLate, isIdempotent }) =>
    buildTask(id, {
      triggerRule: rule,
      dependsOn,
      priority,
      ...(isPooled && { pool: POOL }),
      retry: { limit: retryLimit, delaySeconds: isRetriedLate ? 3600 : 0 },
      idempotent: isIdempotent,
    }),
  );
  return step(`start ${JSON.stringify(plans)}`, async (model, { t }) => {
    if (model.runs.filter(({ state }) => state === 'open').length >= 3) return;
    addRun(model, await startRunOf(t, tasks), plans);
  });
}

/** An agent claims, and gets exactly what the rules say. */
export function claim(agent: number, slots: number): EngineStep {
  return step(`agent ${agent} claims ${slots}`, async (model, real) => {
    const expected = predictClaim(model, slots);
    const grants = await agentOf(real, agent).claim(slots);
    restore(model, agent);
    const words = (list: readonly { runId: string; taskId: string }[]) => list.map((g) => `${g.runId} ${g.taskId}`);
    expect(words(grants).sort()).toEqual(
      words(expected.map(({ run, task }) => ({ runId: run.id, taskId: task.plan.id }))).sort(),
    );
    for (const grant of grants) noteGrant(model, agent, grant);
  });
}

/** Who is first is open; what they get together is not more than there is. */
export function claimAtOnce(slots: number): EngineStep {
  return step(`both claim ${slots}`, async (model, real) => {
    const heldBefore = countHeld(model);
    const granted = await Promise.all([0, 1].map((agent) => agentOf(real, agent).claim(slots)));
    for (const [agent, grants] of granted.entries()) {
      restore(model, agent);
      for (const grant of grants) noteGrant(model, agent, grant);
    }
    expect(countHeld(model)).toBeLessThanOrEqual(Math.max(model.poolSlots, heldBefore));
  });
}

function noteGrant({ runs, attempts }: EngineModel, agent: number, grant: AttemptGrant): void {
  const run = runs.find(({ id }) => id === grant.runId);
  const task = run?.tasks.find(({ plan }) => plan.id === grant.taskId);
  if (!run || !task) throw new Error(`nobody asked for ${grant.runId} ${grant.taskId}`);
  expect([task.state, task.isLate]).toEqual(['ready', false]);
  task.attempts += 1;
  task.state = 'running';
  expect(grant.attemptNumber).toBe(task.attempts);
  const { attemptId: id, attemptNumber: number, epoch, specHash } = grant;
  attempts.push({
    id,
    run,
    task,
    number,
    agent,
    epoch,
    specHash,
    state: 'granted',
    hasStarted: false,
    isGivenUp: false,
  });
}

/** Who speaks is not silent any more. */
function restore(model: EngineModel, agent: number): void {
  for (const attempt of listLive(model, agent))
    if (attempt.state === 'uncertain') attempt.state = attempt.hasStarted ? 'running' : 'granted';
}

/** An agent reports the start of an attempt it holds. */
export function reportStart(agent: number, at: number): EngineStep {
  return step(`agent ${agent} starts ${at}`, async (model, real) => {
    const attempt = pick(listLive(model, agent), at);
    if (!attempt) return;
    expect(await agentOf(real, agent).start([keyOf(attempt)])).toEqual([]);
    if (attempt.state === 'granted') attempt.state = 'running';
    attempt.hasStarted = true;
  });
}

/** As reports name it. */
export const keyOf = ({ id, epoch }: ModelAttempt) => ({ attemptId: id, epoch });

/** An agent gives back an attempt as unbegun, twice: what has begun as far as the server knows, it has to run. */
export function giveBack(agent: number, at: number): EngineStep {
  return step(`agent ${agent} gives ${at} back`, async (model, real) => {
    const attempt = pick(listLive(model, agent), at);
    if (!attempt) return;
    const canGo = !attempt.hasStarted;
    for (let time = 0; time < 2; time += 1)
      expect(await agentOf(real, agent).giveBack([keyOf(attempt)])).toEqual(canGo ? [] : [attempt.id]);
    if (canGo) releaseUnbegun(model, attempt);
  });
}

/** An agent reports the end of an attempt, three times. */
export function finish(agent: number, at: number, outcome: AttemptOutcome, exitCode: number | null): EngineStep {
  const facts = { outcome, exitCode };
  return step(`agent ${agent} finishes ${at} ${outcome} ${exitCode}`, async (model, real) => {
    const attempt = pick(listLive(model, agent), at);
    if (!attempt) return;
    expect(await agentOf(real, agent).finish([keyOf(attempt)], facts)).toEqual([]);
    endAttempt(attempt, outcome, exitCode);
    // Said again, in the same and in other words.
    expect(await agentOf(real, agent).finish([keyOf(attempt)], facts)).toEqual([]);
    const other = { outcome: outcome === 'succeeded' ? 'failed' : 'succeeded', exitCode: 3 } as const;
    expect(await agentOf(real, agent).finish([keyOf(attempt)], other)).toEqual([attempt.id]);
  });
}

/** What an agent says of an attempt that was given up, or under an old epoch, changes no state. */
export function speakTooLate(agent: number, at: number): EngineStep {
  return step(`agent ${agent} speaks too late of ${at}`, async (model, real) => {
    const ended = pick(
      model.attempts.filter((attempt) => attempt.agent === agent && attempt.isGivenUp),
      at,
    );
    const stale = pick(
      listLive(model, agent).filter(({ epoch }) => epoch > 1),
      at,
    );
    if (ended) expect(await agentOf(real, agent).finish([keyOf(ended)])).toEqual([ended.id]);
    if (stale) expect(await agentOf(real, agent).finish([{ attemptId: stale.id, epoch: 1 }])).toEqual([stale.id]);
  });
}

/** An agent's lease ends. */
export function silence(agent: number): EngineStep {
  return step(`agent ${agent} falls silent`, async (model, real) => {
    await silenceSession(real.t.databaseUrl, agentOf(real, agent).sessionId);
    for (const attempt of listLive(model, agent)) attempt.state = 'uncertain';
  });
}

/** An agent renews its lease, and is told what to cancel. */
export function comeBack(agent: number): EngineStep {
  return step(`agent ${agent} speaks again`, async (model, real) => {
    const params = { sessionId: agentOf(real, agent).sessionId };
    const { cancel } = await clientOf(real, agent).call(RenewSession, { params });
    restore(model, agent);
    const live = listLive(model, agent).filter(({ run }) => run.isCancelRequested);
    for (const { id } of live) expect(cancel).toContain(id);
  });
}

/** A silent agent stays away for too long. */
export function lose(agent: number): EngineStep {
  return step(`agent ${agent} is lost`, async (model, real) => {
    const uncertain = listLive(model, agent).filter(({ state }) => state === 'uncertain');
    if (uncertain.length === 0) return;
    await ageSilence(real.t.databaseUrl, agentOf(real, agent).sessionId, 1_000);
    for (const attempt of uncertain) endGivenUp(attempt);
    await waitFor('the attempts to be lost', 20_000, async () => {
      await verifyModel(model, real.t);
      return true;
    });
  });
}

function endGivenUp(attempt: ModelAttempt): void {
  attempt.isGivenUp = true;
  endAttempt(attempt, 'errored', null);
}

/** A person gives an attempt up, which is refused unless it is uncertain. */
export function giveUp(at: number): EngineStep {
  return step(`${at} is given up`, async (model, { t }) => {
    const attempt = pick(listLive(model), at);
    if (!attempt) return;
    const said = t.engineer.call(GiveUpAttempt, { params: { attemptId: attempt.id }, body: {} });
    if (attempt.state !== 'uncertain') {
      await expect(said).rejects.toMatchObject({ code: 'ATTEMPT_NOT_UNCERTAIN' });
      return;
    }
    endGivenUp(attempt);
    expect((await said).taskState).toBe(attempt.task.state);
  });
}

/** A person cancels a run, ended or not. */
export function cancel(at: number): EngineStep {
  return step(`run ${at} is cancelled`, async (model, { t }) => {
    const run = pick(model.runs, at);
    if (!run) return;
    await t.engineer.call(CancelRun, { params: { runId: run.id }, body: {} });
    cancelRun(run);
  });
}

/** A person sets the slots of the pool. */
export function resizePool(slots: number): EngineStep {
  return step(`the pool has ${slots} slots`, async (model, { t }) => {
    await t.engineer.call(SetPool, { params: { environment: 'int', name: POOL }, body: { slots } });
    model.poolSlots = slots;
  });
}

/** Lets the time of every late retry come. */
export function letTimePass(): EngineStep {
  return step('an hour passes', async (model, { t }) => {
    await withConnection(t.databaseUrl, (client) =>
      client.query(`update run_tasks set ready_at = now() where state = 'ready' and ready_at > now()`),
    );
    for (const { tasks } of model.runs) for (const task of tasks) task.isLate = false;
  });
}
