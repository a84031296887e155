import type { ReactNode } from 'react';
import { useConnection } from '../client/use-connection.ts';
import { StateIcon } from '../states/state-icon.tsx';
import classes from './frame.module.css';

const LOOKS = {
  connecting: { state: 'ready', word: 'Connecting' },
  live: { state: 'running', word: 'Live' },
  lost: { state: 'uncertain', word: 'Not live' },
} as const;

/** Whether what one sees follows the server. */
export function LiveMark(): ReactNode {
  const { state, word } = LOOKS[useConnection().kind];
  return (
    <span className={classes.live} title="Whether this page follows the server by events">
      <StateIcon state={state} size={13} />
      {word}
    </span>
  );
}
