import type { AttemptView, Execution, RunDetail, TaskView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatLogsCommand } from '../../format/format-command.ts';
import { formatDuration, measureMs } from '../../format/format-duration.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableDigest } from '../../layout/copyable-digest.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Instant } from '../../layout/instant.tsx';
import { useNow } from '../../layout/use-now.ts';
import { useCommandScope } from '../environments/environment-queries.ts';
import { LogPane } from '../log/log-pane.tsx';
import { useLog } from '../log/log-queries.ts';
import { AttemptReason } from './attempt-reason.tsx';
import { AttemptResult } from './attempt-result.tsx';
import { GiveUpButton } from './give-up-button.tsx';
import classes from './run.module.css';

interface AttemptPanelProps {
  readonly run: RunDetail;
  readonly task: TaskView;
  readonly attempt: AttemptView;
}

/** One attempt: why it ended as it did, what it loaded, where it ran, what it wrote. */
export function AttemptPanel({ run, task, attempt }: AttemptPanelProps): ReactNode {
  const scope = useCommandScope(run.environment);
  const log = useLog(attempt.id);
  return (
    <>
      <AttemptReason attempt={attempt} log={log} />
      {attempt.state === 'uncertain' ? <GiveUpButton run={run} attempt={attempt} /> : null}
      <LateResult attempt={attempt} />
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
        {attempt.execution ? (
          <Fact term="Executor">
            <Executor execution={attempt.execution} />
          </Fact>
        ) : null}
        <Fact term="Attempt id">
          <CopyableId id={attempt.id} what="attempt id" />
        </Fact>
      </dl>
      <LogPane
        attemptId={attempt.id}
        log={log}
        fileName={`${run.name} ${task.id} attempt ${attempt.number}.log`}
        isTaskRunning={task.state === 'running'}
      />
      <CommandLine command={formatLogsCommand(run.number, task.id, scope)} />
    </>
  );
}

/** What ran it, why that, and exactly which image. */
function Executor({ execution: { executor, decidedBy, image } }: { readonly execution: Execution }): ReactNode {
  return (
    <>
      {executor}, decided by {decidedBy}
      {image ? (
        <>
          ; image <span className="name">{image.reference}</span>{' '}
          {image.digest ? <CopyableDigest digest={image.digest} what="image digest" /> : '(in no registry)'}
        </>
      ) : null}
    </>
  );
}

function LateResult({ attempt: { lateResult } }: { readonly attempt: AttemptView }): ReactNode {
  if (!lateResult) return null;
  const exit = lateResult.exitCode === null ? '' : ` with exit code ${lateResult.exitCode}`;
  return (
    <p className={classes.muted}>
      Its agent came back and reported, too late to count: {lateResult.outcome}
      {exit}, <Instant at={lateResult.reportedAt} />.
    </p>
  );
}

function ExecutionTime({ attempt }: { readonly attempt: AttemptView }): ReactNode {
  const nowMs = useNow(attempt.finishedAt ? null : 1000);
  if (!attempt.startedAt) return 'not started';
  return formatDuration(measureMs(attempt.startedAt, attempt.finishedAt, nowMs));
}
