import type { RunSummary } from '@towpath/api';
import type { ReactNode } from 'react';
import { describeTaskCounts, listTaskCounts } from './describe-task-counts.ts';
import { StateIcon } from './state-icon.tsx';
import { STATE_LOOKS } from './state-looks.ts';
import classes from './states.module.css';

/** Up to this many tasks each is a shape of its own; above, shares of a bar. */
const MOST_DOTS = 6;

/** Tasks by state: one shape each, or a bar in proportion; beside it how many are done. */
export function TaskCounts({ counts }: { readonly counts: RunSummary['taskCounts'] }): ReactNode {
  const entries = listTaskCounts(counts);
  const total = entries.reduce((sum, { count }) => sum + count, 0);
  return (
    <span className={classes.counts} title={describeTaskCounts(counts)}>
      {total <= MOST_DOTS ? (
        <Dots entries={entries} />
      ) : (
        <span className={classes.bar} aria-hidden="true">
          {entries.map(({ state, count }) => (
            <span
              key={state}
              className={classes.segment}
              data-tone={STATE_LOOKS[state].tone}
              style={{ flexGrow: count }}
            />
          ))}
        </span>
      )}
      <span className="numeric">
        {counts.succeeded ?? 0}/{total}
      </span>
    </span>
  );
}

function Dots({ entries }: { readonly entries: ReturnType<typeof listTaskCounts> }): ReactNode {
  return (
    <span className={classes.dots}>
      {entries.map(({ state, count }) => (
        <span key={state} className={classes.dots}>
          {Array.from({ length: count }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: shapes of one state are all alike
            <StateIcon key={index} state={state} size={11} />
          ))}
        </span>
      ))}
    </span>
  );
}
