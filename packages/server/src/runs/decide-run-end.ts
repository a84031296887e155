// How a run ended, from how its tasks ended.
import type { RunState, TaskState } from '@towpath/core';

/** Facts about a run whose last task has ended. */
export interface EndedRun {
  readonly isCancelRequested: boolean;
  /** How many tasks are in each state. */
  readonly taskCounts: Readonly<Partial<Record<TaskState, number>>>;
}

/**
 * All tasks succeeded: succeeded, even when somebody asked for the end too late. Otherwise a person's cancellation names
 * it, then a failed or errored task; tasks that only a closing agent cancelled leave it cancelled.
 */
export function decideRunEnd({ isCancelRequested, taskCounts }: EndedRun): RunState {
  const hasAny = (state: TaskState) => (taskCounts[state] ?? 0) > 0;
  if (!hasAny('failed') && !hasAny('errored') && !hasAny('cancelled')) return 'succeeded';
  if (isCancelRequested) return 'cancelled';
  return hasAny('failed') || hasAny('errored') ? 'failed' : 'cancelled';
}
