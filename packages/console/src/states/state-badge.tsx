import type { ReactNode } from 'react';
import { LookIcon } from './state-icon.tsx';
import { type AnyState, STATE_LOOKS, STATE_SENTENCES, type StateLook } from './state-looks.ts';
import classes from './states.module.css';

interface StateBadgeProps {
  readonly state: AnyState;
  /** Said instead of the state's own word: `Cancelling`. */
  readonly word?: string | undefined;
}

/** A state as shape, word and colour; its sentence on hover. */
export function StateBadge({ state, word }: StateBadgeProps): ReactNode {
  return <LookBadge look={STATE_LOOKS[state]} word={word} sentence={STATE_SENTENCES[state]} />;
}

interface LookBadgeProps {
  readonly look: StateLook;
  readonly word?: string | undefined;
  /** On hover. */
  readonly sentence?: string | undefined;
}

/** Any look as shape, word and colour. */
export function LookBadge({ look, word, sentence }: LookBadgeProps): ReactNode {
  return (
    <span className={classes.badge} data-tone={look.tone} title={sentence}>
      <LookIcon look={look} />
      <span>{word ?? look.word}</span>
    </span>
  );
}
