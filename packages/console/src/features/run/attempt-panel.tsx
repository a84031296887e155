import type { AttemptView, RunDetail, TaskView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatLogsCommand } from '../../format/format-command.ts';
import { formatDuration, measureMs } from '../../format/format-duration.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { useCommandScope } from '../environments/environment-queries.ts';
import { LogPane } from '../log/log-pane.tsx';
import { AttemptResult } from './attempt-result.tsx';
import classes from './run.module.css';
import { Fact } from './run-header.tsx';

interface AttemptPanelProps {
  readonly run: RunDetail;
  readonly task: TaskView;
  readonly attempt: AttemptView;
}

/** One attempt: why it ended as it did, what it loaded, where it ran, what it wrote. */
export function AttemptPanel({ run, task, attempt }: AttemptPanelProps): ReactNode {
  const scope = useCommandScope(run.environment);
  return (
    <>
      {attempt.reason || attempt.reasonCode ? (
        <p className={classes.reason} data-state={attempt.state}>
          {attempt.reasonCode ? <code>{attempt.reasonCode}</code> : null} <span className="name">{attempt.reason}</span>
        </p>
      ) : null}
      <AttemptResult result={attempt.result} />
      <dl className={classes.facts}>
        {attempt.exitCode === null ? null : (
          <Fact term="Exit code">
            <code>{attempt.exitCode}</code>
          </Fact>
        )}
        <Fact term="Executed">
          <ExecutionTime attempt={attempt} />
        </Fact>
        <Fact term="Granted">
          <Instant at={attempt.grantedAt} />
        </Fact>
        <Fact term="Agent">
          <bdi>{attempt.agent}</bdi> on <bdi>{attempt.host}</bdi>
        </Fact>
        <Fact term="Attempt id">
          <CopyableId id={attempt.id} what="attempt id" />
        </Fact>
      </dl>
      <LogPane attemptId={attempt.id} fileName={`${run.name} ${task.id} attempt ${attempt.number}.log`} />
      <CommandLine command={formatLogsCommand(run.number, task.id, scope)} />
    </>
  );
}

function ExecutionTime({ attempt }: { readonly attempt: AttemptView }): ReactNode {
  const nowMs = useNow(attempt.finishedAt ? null : 1000);
  if (!attempt.startedAt) return 'not started';
  return formatDuration(measureMs(attempt.startedAt, attempt.finishedAt, nowMs));
}
