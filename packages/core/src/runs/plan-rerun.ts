// Which tasks of an ended run are repeated, and what the others bring along.
import type { TriggerRule } from '../graph/graph.ts';
import { sortTasks } from '../graph/sort-tasks.ts';
import { decideWaiting } from './settle-dependants.ts';
import type { TaskState } from './task-states.ts';

/** A task of the run that is repeated. */
export interface EndedTask {
  readonly id: string;
  readonly rule: TriggerRule;
  readonly state: TaskState;
  readonly dependsOn: readonly string[];
}

/** A task of the run that repeats it, as it begins. */
export interface PlannedTask {
  readonly taskId: string;
  readonly state: 'waiting' | 'ready' | 'succeeded' | 'skipped';
  readonly waitingOn: number;
  readonly upstreamsSkipped: number;
  /** Its success is that of the run before. */
  readonly isReused: boolean;
}

/**
 * Repeats what did not succeed, the tasks named in `chosen`, and everything behind them: a clean-up that ran because of
 * a failure runs again. The rest keeps how it ended. The tasks form an acyclic graph; the answer has their order.
 */
export function planRerun(tasks: readonly EndedTask[], chosen: readonly string[] = []): readonly PlannedTask[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const repeated = collectRepeated(tasks, chosen);
  const planned = new Map<string, PlannedTask>();
  const plan = (task: EndedTask): PlannedTask => {
    const known = planned.get(task.id);
    if (known) return known;
    const upstreams = [...new Set(task.dependsOn)].flatMap((id) => byId.get(id) ?? []).map(plan);
    const result = repeated.has(task.id) ? begin(task, upstreams) : keep(task);
    planned.set(task.id, result);
    return result;
  };
  // In this order no call goes deeper than one.
  for (const task of sortTasks(tasks)) plan(task);
  return tasks.map(plan);
}

function begin({ id: taskId, rule }: EndedTask, upstreams: readonly PlannedTask[]): PlannedTask {
  const waitingOn = upstreams.filter(({ state }) => state === 'waiting' || state === 'ready').length;
  const upstreamsSkipped = upstreams.filter(({ state }) => state === 'skipped').length;
  const decided = decideWaiting({ rule, waitingOn, upstreamsFailed: 0, upstreamsSkipped });
  // Nothing has failed yet, so nothing can be upstream_failed.
  const state = decided === 'upstream_failed' ? 'waiting' : decided;
  return { taskId, state, waitingOn, upstreamsSkipped, isReused: false };
}

function keep({ id: taskId, state }: EndedTask): PlannedTask {
  const isSkipped = state === 'skipped';
  return {
    taskId,
    state: isSkipped ? 'skipped' : 'succeeded',
    waitingOn: 0,
    upstreamsSkipped: 0,
    isReused: !isSkipped,
  };
}

function collectRepeated(tasks: readonly EndedTask[], chosen: readonly string[]): ReadonlySet<string> {
  const repeated = new Set(chosen);
  for (const { id, state } of tasks) if (state !== 'succeeded' && state !== 'skipped') repeated.add(id);
  for (const task of sortTasks(tasks)) {
    if (task.dependsOn.some((upstream) => repeated.has(upstream))) repeated.add(task.id);
  }
  return repeated;
}
