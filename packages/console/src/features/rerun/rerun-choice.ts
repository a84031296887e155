// What a re-run would do, before it is asked for: the server plans by the same rule.
import type { RunDetail, TaskView } from '@towpath/api';
import { isTerminalTaskState, planRerun } from '@towpath/core';
import { compareNaturally } from '../../format/compare-naturally.ts';
import { formatCount, formatNumber } from '../../format/format-count.ts';

export type RerunFrom = 'start' | 'failed' | 'tasks';

export interface RerunChoice {
  readonly from: RerunFrom;
  /** Read with `from: 'tasks'`. */
  readonly taskIds: readonly string[];
}

/** Ids of the tasks that would run again, and how many keep how they ended. */
export interface RerunPlan {
  readonly repeated: ReadonlySet<string>;
  readonly keptCount: number;
}

/** Plans a re-run of an ended run. */
export function planChoice({ tasks }: Pick<RunDetail, 'tasks'>, { from, taskIds }: RerunChoice): RerunPlan {
  const ended = tasks.map(({ id, triggerRule: rule, state, dependsOn }) => ({ id, rule, state, dependsOn }));
  const chosen = from === 'start' ? ended.map(({ id }) => id) : from === 'tasks' ? taskIds : [];
  const planned = planRerun(ended, chosen);
  const repeated = planned.filter(({ state }) => !isTerminalTaskState(state)).map(({ taskId }) => taskId);
  return { repeated: new Set(repeated), keptCount: planned.length - repeated.length };
}

/** The plan in words: `2 of 5 tasks run again: load, publish. 3 keep how they ended.` */
export function describePlan({ repeated, keptCount }: RerunPlan): string {
  if (repeated.size === 0) return 'Nothing to repeat: everything of it succeeded. Choose tasks, or the whole run.';
  const names = [...repeated].toSorted(compareNaturally);
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const rest = names.length > MOST_NAMES ? ` and ${formatNumber(names.length - MOST_NAMES)} more` : '';
  const total = repeated.size + keptCount;
  const again = repeated.size === 1 ? 'runs' : 'run';
  const scope =
    keptCount === 0
      ? `All ${formatCount(total, 'task')}`
      : `${formatNumber(repeated.size)} of ${formatCount(total, 'task')}`;
  const kept =
    keptCount === 0
      ? ''
      : ` ${formatNumber(keptCount)} ${keptCount === 1 ? 'keeps' : 'keep'} how ${keptCount === 1 ? 'it' : 'they'} ended.`;
  return `${scope} ${again} again: ${shown}${rest}.${kept}`;
}

/** Names told before the rest is counted. */
const MOST_NAMES = 6;

/** What is offered first: what did not succeed, else the whole. */
export function pickDefault({ tasks }: Pick<RunDetail, 'tasks'>): RerunFrom {
  return tasks.some(isUnsuccessful) ? 'failed' : 'start';
}

/** True when a re-run from failed would repeat the task itself, whatever lies before it. */
export function isUnsuccessful({ state }: TaskView): boolean {
  return state !== 'succeeded' && state !== 'skipped';
}
