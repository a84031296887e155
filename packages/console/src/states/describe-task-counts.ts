import type { RunSummary } from '@towpath/api';
import type { TaskState } from '@towpath/core';
import { STATE_LOOKS, TASK_STATE_ORDER } from './state-looks.ts';

type Counts = RunSummary['taskCounts'];

/** The states that have tasks, in drawing order. */
export function listTaskCounts(counts: Counts): readonly { readonly state: TaskState; readonly count: number }[] {
  return TASK_STATE_ORDER.map((state) => ({ state, count: counts[state] ?? 0 })).filter(({ count }) => count > 0);
}

/** Counts in words: `1 failed, 2 succeeded`. */
export function describeTaskCounts(counts: Counts): string {
  const words = listTaskCounts(counts).map(({ state, count }) => `${count} ${STATE_LOOKS[state].word.toLowerCase()}`);
  return words.length > 0 ? words.join(', ') : 'no tasks';
}
