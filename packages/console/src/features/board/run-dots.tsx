import type { RunState } from '@towpath/core';
import { memo, type ReactNode } from 'react';
import { StateStrip } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { countStates } from './count-states.ts';

interface RunDotsProps {
  readonly states: readonly RunState[];
  /** Of each, whether it is of the release that runs there. */
  readonly areOfRelease: readonly boolean[];
  /** The version of that release; undefined: none runs there. */
  readonly version: string | undefined;
}

/**
 * The last runs as shapes, the newest at the end, those of the release underlined; in words for who does not see them, and on hover.
 * Kept while its runs are the same: scrolling draws all rows in view again.
 */
export const RunDots = memo(function RunDots({ states, areOfRelease, version }: RunDotsProps): ReactNode {
  const count = areOfRelease.filter(Boolean).length;
  const share =
    version === undefined ? '' : `; ${count === 0 ? 'none' : count} with ${version}${count > 0 ? ' (underlined)' : ''}`;
  return (
    <StateStrip
      states={states.toReversed()}
      areMarked={areOfRelease.toReversed()}
      label={`Last ${states.length}: ${countStates(states)}${share}`}
    />
  );
});

/** The newest state as a word. */
export function newestWord(states: readonly RunState[]): string {
  const [newest] = states;
  return newest ? STATE_LOOKS[newest].word : 'Never run';
}
