import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ErrorFactsPanel } from '../layout/error-panel.tsx';
import classes from './frame.module.css';

/** An address nothing lives at. */
export function NotFoundPage(): ReactNode {
  return (
    <main className={classes.alone}>
      <h1>There is no such page</h1>
      <p>
        The address may be mistyped. <Link to="/runs">Go to the runs</Link> or{' '}
        <Link to="/pipelines">the pipelines</Link>.
      </p>
    </main>
  );
}

/** A page that broke while it was drawn. */
export function CrashPage({ error }: { readonly error: unknown }): ReactNode {
  return (
    <main className={classes.alone}>
      <h1>This page broke</h1>
      <ErrorFactsPanel error={error} />
      <p>
        <Link to="/runs">Go to the runs</Link>
      </p>
    </main>
  );
}
