import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import classes from './pipelines.module.css';

/** The last ten runs as shapes, oldest first so that the newest stands at the end; each opens its run. */
export function LastRuns({ runs }: { readonly runs: readonly RunSummary[] }): ReactNode {
  const newest = runs[0];
  if (!newest) return <p className={classes.never}>Never run</p>;
  return (
    <div className={classes.last}>
      <span className={classes.dots}>
        {runs.toReversed().map((run) => {
          const label = `${run.name}: ${STATE_LOOKS[run.state].word.toLowerCase()}`;
          return (
            <Link key={run.id} to="/runs/$runId" params={{ runId: run.id }} aria-label={label} title={label}>
              <StateIcon state={run.state} size={15} />
            </Link>
          );
        })}
      </span>
      <span className={classes.newest}>
        {STATE_LOOKS[newest.state].word} <Instant at={newest.finishedAt ?? newest.createdAt} />
      </span>
    </div>
  );
}
