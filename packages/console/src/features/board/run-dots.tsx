import type { RunState } from '@towpath/core';
import type { ReactNode } from 'react';
import { StateStrip } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { countStates } from './count-states.ts';

/** The last runs as shapes, the newest at the end; in words for who does not see them. */
export function RunDots({ states }: { readonly states: readonly RunState[] }): ReactNode {
  return <StateStrip states={states.toReversed()} label={`Last ${states.length}: ${countStates(states)}`} />;
}

/** The newest state as a word. */
export function newestWord(states: readonly RunState[]): string {
  const [newest] = states;
  return newest ? STATE_LOOKS[newest].word : 'Never run';
}
