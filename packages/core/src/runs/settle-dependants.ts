// What the end of tasks means for the tasks that wait for them: the one place where trigger rules decide.
import type { TriggerRule } from '../graph/graph.ts';
import { isTerminalTaskState, type TaskState } from './task-states.ts';

/** A task that waits, with what has become of its upstreams so far. */
export interface WaitingTask {
  readonly taskId: string;
  readonly rule: TriggerRule;
  /** Upstreams that have not ended. */
  readonly waitingOn: number;
  /** Upstreams that ended without success, skipped ones not counted. */
  readonly upstreamsFailed: number;
  readonly upstreamsSkipped: number;
  /** Tasks it depends on, among those that end now or may end by it. */
  readonly upstreamIds: readonly string[];
}

/** A task that has ended. */
export interface TaskEnd {
  readonly taskId: string;
  readonly state: TaskState;
}

/** What is to be written about a task that waited. */
export interface TaskChange {
  readonly taskId: string;
  readonly state: 'waiting' | 'ready' | 'upstream_failed' | 'skipped';
  readonly waitingOn: number;
  readonly upstreamsFailed: number;
  readonly upstreamsSkipped: number;
}

type Counts = Pick<WaitingTask, 'rule' | 'waitingOn' | 'upstreamsFailed' | 'upstreamsSkipped'>;

/** What a waiting task does with these counts. It decides as early as its rule allows. */
export function decideWaiting({ rule, waitingOn, upstreamsFailed, upstreamsSkipped }: Counts): TaskChange['state'] {
  if (rule === 'all_done') return waitingOn === 0 ? 'ready' : 'waiting';
  if (upstreamsFailed > 0) return rule === 'one_failed' ? 'ready' : 'upstream_failed';
  if (waitingOn > 0) return 'waiting';
  return rule === 'one_failed' || upstreamsSkipped > 0 ? 'skipped' : 'ready';
}

/**
 * Counts the ended tasks off `waiting` and follows what ends by it (upstream_failed, skipped) through all of `waiting`,
 * which must hold every task of the run that waits for one of them, directly or through others that may end. Each task
 * changes once; the order of `ended` makes no difference.
 */
export function settleDependants(ended: readonly TaskEnd[], waiting: readonly WaitingTask[]): readonly TaskChange[] {
  const dependants = groupByUpstream(waiting);
  const changes = new Map<string, TaskChange>();
  const queue = [...ended];
  for (let end = queue.pop(); end !== undefined; end = queue.pop()) {
    for (const task of dependants.get(end.taskId) ?? []) {
      const before = changes.get(task.taskId) ?? { ...task, state: 'waiting' as const };
      const change = countOff(task.rule, before, end.state);
      changes.set(task.taskId, change);
      if (before.state === 'waiting' && isTerminalTaskState(change.state)) queue.push(change);
    }
  }
  return [...changes.values()];
}

function countOff(rule: TriggerRule, before: TaskChange, ended: TaskState): TaskChange {
  const counts = {
    waitingOn: before.waitingOn - 1,
    upstreamsFailed: before.upstreamsFailed + (ended === 'succeeded' || ended === 'skipped' ? 0 : 1),
    upstreamsSkipped: before.upstreamsSkipped + (ended === 'skipped' ? 1 : 0),
  };
  // What was decided stays: a task that became ready by one failure is not taken back.
  const state = before.state === 'waiting' ? decideWaiting({ rule, ...counts }) : before.state;
  return { taskId: before.taskId, state, ...counts };
}

function groupByUpstream(waiting: readonly WaitingTask[]): ReadonlyMap<string, readonly WaitingTask[]> {
  const dependants = new Map<string, WaitingTask[]>();
  for (const task of waiting) {
    for (const upstreamId of new Set(task.upstreamIds)) {
      const list = dependants.get(upstreamId);
      if (list) list.push(task);
      else dependants.set(upstreamId, [task]);
    }
  }
  return dependants;
}
