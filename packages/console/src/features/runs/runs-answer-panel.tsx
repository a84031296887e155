import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { Headline } from '../../layout/headline.tsx';
import { Instant } from '../../layout/instant.tsx';
import { StateIcon } from '../../states/state-icon.tsx';
import { useIsSilent } from '../environments/environment-queries.ts';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { answerRuns, type RunsAnswer } from './answer-runs.ts';
import { FailureLine } from './failure-line.tsx';
import { HealthStrip } from './health-strip.tsx';
import { useRecentRuns } from './run-queries.ts';
import classes from './runs.module.css';

/** The page's question, answered in words. */
export function RunsAnswerPanel({ environment }: { readonly environment: string | undefined }): ReactNode {
  const recent = useRecentRuns(environment);
  const pipelines = usePipelines(environment);
  if (recent.isPending || pipelines.isPending) return <Skeleton height={58} width="min(560px, 100%)" />;
  if (!recent.data || !pipelines.data) return <Headline>Runs</Headline>;
  const answer = answerRuns(recent.data, pipelines.data.pipelines);
  return (
    <section className={classes.answer} aria-label="What failed, is the data complete, what do I do?">
      <Headline tone={answer.tone}>
        {answer.headline}
        {answer.activeCount > 0 ? <span className={classes.active}> · {answer.activeCount} active now</span> : null}
      </Headline>
      {recent.data.length > 0 ? <p>{answer.completeness}</p> : null}
      <WhatToDo answer={answer} />
      <SilenceNote />
      <HealthStrip />
    </section>
  );
}

function SilenceNote(): ReactNode {
  if (!useIsSilent()) return null;
  return (
    <p className={classes.silence}>
      <StateIcon state="uncertain" />
      <span>
        No agent is live: nothing starts until one is back. <CommandLine command={formatCommand('dev')} /> starts the
        one of this machine.
      </span>
    </p>
  );
}

function WhatToDo({ answer }: { readonly answer: RunsAnswer }): ReactNode {
  const { newestFailure, behind } = answer;
  if (behind.length > 0) {
    return (
      <ul className={classes.todo}>
        {behind.slice(0, 3).map((pipeline) => (
          <li key={pipeline.run.id} className="prose">
            <FailureLine behind={pipeline} />
          </li>
        ))}
        {behind.length > 3 ? <li>and {behind.length - 3} more, see Pipelines</li> : null}
      </ul>
    );
  }
  if (!newestFailure) return null;
  return (
    <p>
      Newest failure:{' '}
      <Link to="/runs/$runId" params={{ runId: newestFailure.id }} className="name">
        {newestFailure.name}
      </Link>{' '}
      <Instant at={newestFailure.finishedAt ?? newestFailure.createdAt} />; a later run of it succeeded.
    </p>
  );
}
