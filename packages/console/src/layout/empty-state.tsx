import type { ReactNode } from 'react';
import classes from './layout.module.css';

interface EmptyStateProps {
  readonly title: string;
  /** What to do next: a sentence and usually a command. */
  readonly children: ReactNode;
}

/** Nothing to show, and what makes it not so. */
export function EmptyState({ title, children }: EmptyStateProps): ReactNode {
  return (
    <section className={classes.empty} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
