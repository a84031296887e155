import type { ReactNode } from 'react';
import { StateIcon } from './state-icon.tsx';
import { type AnyState, STATE_LOOKS, STATE_SENTENCES } from './state-looks.ts';
import classes from './states.module.css';

interface StateBadgeProps {
  readonly state: AnyState;
  /** Said instead of the state's own word: `Cancelling`. */
  readonly word?: string | undefined;
}

/** A state as shape, word and colour; its sentence on hover. */
export function StateBadge({ state, word }: StateBadgeProps): ReactNode {
  const look = STATE_LOOKS[state];
  return (
    <span className={classes.badge} data-tone={look.tone} title={STATE_SENTENCES[state]}>
      <StateIcon state={state} />
      <span>{word ?? look.word}</span>
    </span>
  );
}
