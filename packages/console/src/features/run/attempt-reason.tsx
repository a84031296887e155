import type { AttemptView } from '@towpath/api';
import { type ReactNode, useMemo } from 'react';
import { findLastError, type LoggedError } from '../log/find-last-error.ts';
import type { LogSnapshot } from '../log/log-reader.ts';
import classes from './run.module.css';

interface AttemptReasonProps {
  readonly attempt: AttemptView;
  readonly log: LogSnapshot;
}

/** Why an attempt ended as it did: what its agent saw, and what the task itself said last. */
export function AttemptReason({ attempt, log }: AttemptReasonProps): ReactNode {
  const isFailure = attempt.state === 'failed' || attempt.state === 'errored';
  // The array grows in place; the snapshot around it tells that it did.
  const logged = useMemo(() => (isFailure ? findLastError(log.lines) : undefined), [log, isFailure]);
  if (!attempt.reason && !attempt.reasonCode) return null;
  return (
    <div className={classes.reason} data-state={attempt.state}>
      <p>
        {attempt.reasonCode ? <code>{attempt.reasonCode}</code> : null} <span className="name">{attempt.reason}</span>
      </p>
      {logged ? <LastError error={logged} /> : null}
    </div>
  );
}

function LastError({ error }: { readonly error: LoggedError }): ReactNode {
  return (
    <dl aria-label="Last error of the log">
      <dt>Error</dt>
      <dd className="name">
        <code>{error.code}</code> {error.message}
      </dd>
      {error.cause ? (
        <>
          <dt>Why</dt>
          <dd className="name">{error.cause}</dd>
        </>
      ) : null}
      {error.fix ? (
        <>
          <dt>Fix</dt>
          <dd className="name">{error.fix}</dd>
        </>
      ) : null}
    </dl>
  );
}
