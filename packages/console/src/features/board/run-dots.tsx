import type { RunState } from '@towpath/core';
import type { ReactNode } from 'react';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import classes from './board.module.css';
import { countStates } from './count-states.ts';

/** The last runs as shapes, the newest at the end; in words for who does not see them. */
export function RunDots({ states }: { readonly states: readonly RunState[] }): ReactNode {
  const words = `Last ${states.length}: ${countStates(states)}`;
  return (
    <span className={classes.dots} title={words} role="img" aria-label={words}>
      {states.toReversed().map((state, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes of one state are all alike
        <StateIcon key={index} state={state} size={12} />
      ))}
    </span>
  );
}

/** The newest state as a word. */
export function newestWord(states: readonly RunState[]): string {
  const [newest] = states;
  return newest ? STATE_LOOKS[newest].word : 'Never run';
}
