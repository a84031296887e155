import { IconBroadcast } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useConnection } from '../client/use-connection.ts';
import { StateIcon } from '../states/state-icon.tsx';
import classes from './frame.module.css';

const LOOKS = {
  connecting: { icon: <StateIcon state="ready" size={13} />, word: 'Connecting' },
  // No shape of a state: it would say that something runs.
  live: { icon: <IconBroadcast size={15} aria-hidden="true" />, word: 'Live' },
  lost: { icon: <StateIcon state="uncertain" size={13} />, word: 'Not live' },
} as const;

/** Whether what one sees follows the server. */
export function LiveMark(): ReactNode {
  const { icon, word } = LOOKS[useConnection().kind];
  return (
    <span className={classes.live} title="Whether this page follows the server by events">
      {icon}
      {word}
    </span>
  );
}
