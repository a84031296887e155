import { skipToken, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@towpath/api';
import type { ReactNode } from 'react';
import { Instant } from '../../layout/instant.tsx';
import { describeFailure } from '../run/describe-run.ts';
import { runOptions } from '../run/run-detail-queries.ts';
import type { BehindPipeline } from './answer-runs.ts';
import classes from './runs.module.css';

/** A run of more tasks is not read whole for one sentence. */
const MOST_TASKS = 1000;

/** A pipeline whose data is behind: its newest run, why it failed, and how often it does. */
export function FailureLine({
  behind: { run, failedCount, endedCount },
}: {
  readonly behind: BehindPipeline;
}): ReactNode {
  const reason = useReason(run);
  return (
    <>
      <Link to="/runs/$runId" params={{ runId: run.id }} className="name">
        {run.name}
      </Link>{' '}
      {run.state === 'failed' ? 'failed' : 'was cancelled'} <Instant at={run.finishedAt ?? run.createdAt} />
      {reason ? (
        <>
          : <span className={`${classes.failure} name`}>{reason}</span>
        </>
      ) : null}
      {failedCount > 1 ? ` · ${failedCount} of its last ${endedCount} runs failed` : ''}
    </>
  );
}

function useReason(run: RunSummary): string | undefined {
  const taskCount = Object.values(run.taskCounts).reduce((sum, count) => sum + count, 0);
  const { queryKey, queryFn } = runOptions(run.id);
  const isRead = run.state === 'failed' && taskCount <= MOST_TASKS;
  const detail = useQuery({ queryKey, queryFn: isRead && queryFn ? queryFn : skipToken }).data;
  return detail ? describeFailure(detail) : undefined;
}
