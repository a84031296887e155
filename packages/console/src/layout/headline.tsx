import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface HeadlineProps {
  /** `bad` is for what somebody has to do something about. */
  readonly tone?: 'good' | 'bad' | 'calm' | undefined;
  readonly children: ReactNode;
}

/** The answer to a page's question. */
export function Headline({ tone, children }: HeadlineProps): ReactNode {
  return (
    <h1 className={classes.headline} data-tone={tone}>
      {children}
    </h1>
  );
}
