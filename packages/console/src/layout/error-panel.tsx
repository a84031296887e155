import { Button } from '@mantine/core';
import { toErrorFacts } from '@towpath/core';
import type { ReactNode } from 'react';
import { StateIcon } from '../states/state-icon.tsx';
import classes from './layout.module.css';

interface ErrorPanelProps {
  /** What can't be shown, as a heading; a page that has a heading leaves it out. */
  readonly title?: string;
  readonly error: unknown;
  /** Asks again. */
  readonly onRetry: () => void;
}

/** The error state of a view: what, why and fix as the CLI prints them, and a way to ask again. */
export function ErrorPanel({ title, error, onRetry }: ErrorPanelProps): ReactNode {
  return (
    <div className={classes.errorState}>
      {title ? <h1>{title}</h1> : null}
      <ErrorFactsPanel error={error} />
      <Button variant="default" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

/** What, why and fix of an error. */
export function ErrorFactsPanel({ error }: { readonly error: unknown }): ReactNode {
  const facts = toErrorFacts(error);
  return (
    <section className={classes.error} role="alert" aria-label="Error">
      <p className={classes.errorTitle}>
        <StateIcon state="failed" />
        <strong>{facts.message}</strong>
      </p>
      <dl>
        {facts.cause ? <Fact term="Why" text={facts.cause} /> : null}
        {facts.fix ? <Fact term="Fix" text={facts.fix} /> : null}
        <Fact term="Code" text={facts.code} />
      </dl>
    </section>
  );
}

function Fact({ term, text }: { readonly term: string; readonly text: string }): ReactNode {
  return (
    <>
      <dt>{term}</dt>
      <dd className="name">{text}</dd>
    </>
  );
}
