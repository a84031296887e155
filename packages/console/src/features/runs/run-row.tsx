import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { memo, type ReactNode } from 'react';
import { formatDuration, measureMs } from '../../format/format-duration.ts';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { StateBadge } from '../../states/state-badge.tsx';
import { TaskCounts } from '../../states/task-counts.tsx';
import { useIsSilent } from '../environments/environment-queries.ts';
import classes from './runs.module.css';

interface RunRowProps {
  readonly run: RunSummary;
  /** Place in the list, from 0. */
  readonly index: number;
  /** Where it lies in the list, in CSS pixels. */
  readonly offsetPx: number;
  readonly measure: (element: HTMLElement | null) => void;
}

/** One run in the list; the whole row is its link. */
export const RunRow = memo(function RunRow({ run, index, offsetPx, measure }: RunRowProps): ReactNode {
  return (
    <tr
      aria-rowindex={index + 2}
      data-index={index}
      ref={measure}
      className={classes.row}
      style={{ transform: `translateY(${offsetPx}px)` }}
    >
      <td>
        <RunStateBadge run={run} />
      </td>
      <td className={classes.nameCell}>
        <Link to="/runs/$runId" params={{ runId: run.id }} data-row className={classes.nameLink} title={run.name}>
          <bdi>{run.name}</bdi>
        </Link>
      </td>
      <td>
        <TaskCounts counts={run.taskCounts} />
      </td>
      <td className={classes.took}>
        <RunDuration run={run} />
      </td>
      <td className={classes.when}>
        <Instant at={run.startedAt ?? run.createdAt} />
      </td>
      <td className={classes.by} title={`${run.createdBy}, ${run.trigger}`}>
        <bdi>{run.createdBy}</bdi>
      </td>
    </tr>
  );
});

/** The state of a run as it is known: with every agent silent a running run is uncertain. */
export function RunStateBadge({ run }: { readonly run: RunSummary }): ReactNode {
  const isSilent = useIsSilent();
  if (run.state === 'running' && isSilent) return <StateBadge state="uncertain" />;
  const isCancelling = run.isCancelRequested && !isTerminalRunState(run.state);
  return <StateBadge state={run.state} word={isCancelling ? 'Cancelling' : undefined} />;
}

/** How long a run took or has been going; nothing before it started. */
export function RunDuration({ run }: { readonly run: RunSummary }): ReactNode {
  const nowMs = useNow(run.finishedAt ? null : 1000);
  if (!run.startedAt) return '–';
  return formatDuration(measureMs(run.startedAt, run.finishedAt, nowMs));
}
