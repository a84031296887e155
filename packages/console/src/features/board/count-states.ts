import type { RunState } from '@towpath/core';
import { STATE_LOOKS } from '../../states/state-looks.ts';

/** `8 succeeded, 2 failed`. */
export function countStates(states: readonly RunState[]): string {
  const counts = new Map<RunState, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${STATE_LOOKS[state].word.toLowerCase()}`).join(', ');
}
