// The engine as a few pure rules, to compare the real one with after every step. Written from the sentences of the states and
// trigger rules, not from the server's code; only the retry rule and the plan of a re-run are core's, which have tests of
// their own.
import {
  type AttemptOutcome,
  type AttemptState,
  decideAfterAttempt,
  isTerminalTaskState,
  planRerun,
  type RunState,
  type TaskState,
  type TriggerRule,
} from '@towpath/core';

/** The one pool of the model. */
export const POOL = 'narrow';

/** A task as it is declared. */
export interface ModelPlan {
  readonly id: string;
  readonly rule: TriggerRule;
  readonly dependsOn: readonly string[];
  readonly isPooled: boolean;
  readonly priority: number;
  readonly retryLimit: number;
  /** An hour instead of nothing before a retry. */
  readonly isRetriedLate: boolean;
  readonly isIdempotent: boolean;
}

export interface ModelTask {
  readonly plan: ModelPlan;
  readonly position: number;
  state: TaskState;
  /** A retry whose time has not come. */
  isLate: boolean;
  attempts: number;
  /** How often an agent started again and had not begun it. */
  lostStarts: number;
}

export interface ModelAttempt {
  readonly id: string;
  readonly run: ModelRun;
  readonly task: ModelTask;
  readonly number: number;
  readonly agent: number;
  epoch: number;
  hasStarted: boolean;
  readonly specHash: string;
  state: AttemptState;
  isGivenUp: boolean;
}

export interface ModelRun {
  readonly id: string;
  readonly tasks: readonly ModelTask[];
  isCancelRequested: boolean;
  state: 'open' | Extract<RunState, 'succeeded' | 'failed' | 'cancelled'>;
}

/** Everything that should be true now. */
export interface EngineModel {
  readonly runs: ModelRun[];
  readonly attempts: ModelAttempt[];
  poolSlots: number;
}

const LIVE: readonly AttemptState[] = ['granted', 'running', 'uncertain'];

/** Attempts that hold what they hold. */
export function listLive(model: EngineModel, agent?: number): readonly ModelAttempt[] {
  return model.attempts.filter(
    (attempt) => LIVE.includes(attempt.state) && (agent === undefined || attempt.agent === agent),
  );
}

/** Slots of the pool that are held. */
export function countHeld(model: EngineModel): number {
  return listLive(model).filter(({ task }) => task.plan.isPooled).length;
}

/** A run as it begins. */
export function addRun(model: EngineModel, id: string, plans: readonly ModelPlan[]): void {
  const tasks = plans.map((plan, position): ModelTask => {
    const state = plan.dependsOn.length === 0 ? 'ready' : 'waiting';
    return { plan, position, state, isLate: false, attempts: 0, lostStarts: 0 };
  });
  model.runs.push({ id, tasks, isCancelRequested: false, state: 'open' });
}

/** A re-run of `original` as it begins. */
export function addRerun(model: EngineModel, id: string, original: ModelRun, chosen: readonly string[]): void {
  const planned = planRerunOf(original, chosen);
  const tasks = original.tasks.map(
    ({ plan, position }, at): ModelTask => ({
      plan,
      position,
      state: planned[at]?.state ?? 'waiting',
      isLate: false,
      attempts: 0,
      lostStarts: 0,
    }),
  );
  model.runs.push({ id, tasks, isCancelRequested: false, state: 'open' });
}

/** What a re-run of these tasks begins with. */
export function planRerunOf({ tasks }: ModelRun, chosen: readonly string[]) {
  const ended = tasks.map(({ plan, state }) => ({ id: plan.id, rule: plan.rule, dependsOn: plan.dependsOn, state }));
  return planRerun(ended, chosen);
}

/** What a claim of so many slots must be given, in any order: by priority, then age, of the pool what it has room for. */
export function predictClaim(model: EngineModel, slots: number): readonly { run: ModelRun; task: ModelTask }[] {
  const ready = model.runs
    .flatMap((run, age) => run.tasks.map((task) => ({ run, task, age })))
    .filter(({ task }) => task.state === 'ready' && !task.isLate)
    .sort((a, b) => b.task.plan.priority - a.task.plan.priority || a.age - b.age || a.task.position - b.task.position);
  let room = Math.max(0, model.poolSlots - countHeld(model));
  const picked: { run: ModelRun; task: ModelTask }[] = [];
  for (const candidate of ready) {
    if (picked.length === slots) break;
    if (candidate.task.plan.isPooled && room === 0) continue;
    if (candidate.task.plan.isPooled) room -= 1;
    picked.push(candidate);
  }
  return picked;
}

/** An attempt ends, and what follows from it for its task, those behind, and the run. */
export function endAttempt(attempt: ModelAttempt, outcome: AttemptOutcome, exitCode: number | null): void {
  const { run, task } = attempt;
  attempt.state = outcome;
  const decision = decideAfterAttempt({
    outcome,
    exitCode,
    attemptNumber: attempt.number,
    retry: { limit: task.plan.retryLimit, delaySeconds: task.plan.isRetriedLate ? 3600 : 0 },
    isRunCancelled: run.isCancelRequested,
    isGivenUp: attempt.isGivenUp,
    isIdempotent: task.plan.isIdempotent,
  });
  task.state = decision.kind === 'retry' ? 'ready' : decision.state;
  task.isLate = decision.kind === 'retry' && decision.delaySeconds > 0;
  settle(run);
}

/** An attempt that never began is as if it had not been granted; of a cancelled run it ends with it. */
export function releaseUnbegun(model: EngineModel, attempt: ModelAttempt): void {
  const { run, task } = attempt;
  if (run.isCancelRequested) {
    endAttempt(attempt, 'cancelled', null);
    return;
  }
  model.attempts.splice(model.attempts.indexOf(attempt), 1);
  task.state = 'ready';
  task.attempts -= 1;
}

/** What nobody holds ends at once; the rest when its agent says so. */
export function cancelRun(run: ModelRun): void {
  if (run.state !== 'open') return;
  run.isCancelRequested = true;
  for (const task of run.tasks) if (task.state === 'waiting' || task.state === 'ready') task.state = 'cancelled';
  settle(run);
}

/** Reads every waiting task's rule again until none changes, then the run's end. */
function settle(run: ModelRun): void {
  const states = new Map(run.tasks.map((task) => [task.plan.id, task]));
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const task of run.tasks.filter(({ state }) => state === 'waiting')) {
      const upstreams = task.plan.dependsOn.map((id) => states.get(id)?.state ?? 'waiting');
      const state = readRule(task.plan.rule, upstreams);
      hasChanged ||= state !== 'waiting';
      task.state = state;
    }
  }
  if (run.tasks.every(({ state }) => isTerminalTaskState(state))) run.state = judgeRun(run);
}

function readRule(rule: TriggerRule, upstreams: readonly TaskState[]): TaskState {
  const haveAllEnded = upstreams.every(isTerminalTaskState);
  const hasFailed = upstreams.some(
    (state) => isTerminalTaskState(state) && state !== 'succeeded' && state !== 'skipped',
  );
  if (rule === 'all_done') return haveAllEnded ? 'ready' : 'waiting';
  if (hasFailed) return rule === 'one_failed' ? 'ready' : 'upstream_failed';
  if (!haveAllEnded) return 'waiting';
  return rule === 'one_failed' || upstreams.includes('skipped') ? 'skipped' : 'ready';
}

function judgeRun({ tasks, isCancelRequested }: ModelRun): Exclude<ModelRun['state'], 'open'> {
  const states = new Set(tasks.map(({ state }) => state));
  const hasFailed = states.has('failed') || states.has('errored');
  if (!hasFailed && !states.has('cancelled')) return 'succeeded';
  return isCancelRequested || !hasFailed ? 'cancelled' : 'failed';
}
