import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import classes from './layout.module.css';

interface CopyableIdProps {
  readonly id: string;
  /** Whose id: `run id`. */
  readonly what: string;
}

/** Longer ids show their beginning and end; the whole is copied, and shown on hover. */
const SHOWN_WHOLE = 16;

/** An id or hash, shortened, that copies whole. */
export function CopyableId({ id, what }: CopyableIdProps): ReactNode {
  const shown = id.length > SHOWN_WHOLE ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
  return (
    <span className={classes.copyable}>
      <code title={id}>{shown}</code>
      <CopyButton value={id} label={`Copy ${what}`} />
    </span>
  );
}
