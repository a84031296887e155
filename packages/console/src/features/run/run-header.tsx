import { Link } from '@tanstack/react-router';
import type { RunDetail } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import type { ReactNode } from 'react';
import { formatRunCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Instant } from '../../layout/instant.tsx';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { useCommandScope } from '../environments/environment-queries.ts';
import { RerunFailedButton } from '../runs/rerun-failed-button.tsx';
import { RunDuration, RunStateBadge } from '../runs/run-row.tsx';
import { StartRunButton } from '../runs/start-run-button.tsx';
import { CancelRunButton } from './cancel-run-button.tsx';
import { describeData, describeNextStep, describeQuarantine, describeRun } from './describe-run.ts';
import classes from './run.module.css';

/** Name and answer of a run: what happened, is the data complete, what to do; and the buttons to do it. */
export function RunHeader({ run }: { readonly run: RunDetail }): ReactNode {
  const next = describeNextStep(run);
  const quarantine = describeQuarantine(run);
  const isOver = isTerminalRunState(run.state);
  const scope = useCommandScope(run.environment);
  return (
    <header className={classes.head}>
      <div className={classes.answer}>
        <p className={classes.name}>
          <Link to="/runs">Runs</Link> <span aria-hidden="true">/</span> <bdi>{run.name}</bdi>
          <RunStateBadge run={run} />
        </p>
        <h1 data-tone={STATE_LOOKS[run.state].tone}>{describeRun(run)}</h1>
        <p>{describeData(run)}</p>
        {quarantine ? <p className={`${classes.quarantine} name`}>{quarantine}</p> : null}
        {next ? <p className={classes.next}>{next}</p> : null}
      </div>
      <div className={classes.actions}>
        {isOver || run.isCancelRequested ? null : <CancelRunButton run={run} />}
        {run.state === 'failed' ? <RerunFailedButton run={run} /> : null}
        <StartRunButton
          pipeline={run.pipeline}
          environment={run.environment}
          label="Run again"
          look={isOver ? 'loud' : 'faint'}
        />
        <CommandLine command={formatRunCommand(run.pipeline, scope)} />
      </div>
      <RunFacts run={run} />
    </header>
  );
}

function RunFacts({ run }: { readonly run: RunDetail }): ReactNode {
  return (
    <dl className={classes.facts}>
      <Fact term="Took">
        <RunDuration run={run} />
      </Fact>
      <Fact term="Created">
        <Instant at={run.createdAt} />
      </Fact>
      <Fact term="Started by">
        <bdi>{run.createdBy}</bdi>
        {run.trigger === 'manual' ? '' : `, ${run.trigger}`}
      </Fact>
      {run.rerunOf ? (
        <Fact term="Repeats">
          <Link to="/runs/$runId" params={{ runId: run.rerunOf.id }}>
            #{run.rerunOf.number}
          </Link>
        </Fact>
      ) : null}
      <Fact term="Source">
        <code className="name">{run.sourceFile}</code>
      </Fact>
      <Fact term="Graph">
        <CopyableId id={run.graphHash} what="graph hash" />
      </Fact>
      <Fact term="Run id">
        <CopyableId id={run.id} what="run id" />
      </Fact>
    </dl>
  );
}

/** One fact with its name. */
export function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
