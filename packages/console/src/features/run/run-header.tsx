import { Link } from '@tanstack/react-router';
import type { RunDetail } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import type { ReactNode } from 'react';
import { STATE_LOOKS } from '../../states/state-looks.ts';
import { RerunButton } from '../rerun/rerun-button.tsx';
import { RunStateBadge } from '../runs/run-row.tsx';
import { RunAgainButton } from '../start/run-again-button.tsx';
import { CancelRunButton } from './cancel-run-button.tsx';
import { describeData, describeNextStep, describeQuarantine, describeRun } from './describe-run.ts';
import classes from './run.module.css';
import { RunFacts } from './run-facts.tsx';
import { RunParameters } from './run-parameters.tsx';

/** Name and answer of a run: what happened, is the data complete, what to do; and the buttons to do it. */
export function RunHeader({ run }: { readonly run: RunDetail }): ReactNode {
  const next = describeNextStep(run);
  const quarantine = describeQuarantine(run);
  const isOver = isTerminalRunState(run.state);
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
        {run.note ? (
          <p className={classes.note}>
            <span className={classes.muted}>Note</span> <q className="name">{run.note}</q>
          </p>
        ) : null}
      </div>
      <div className={classes.actions}>
        {isOver || run.isCancelRequested ? null : <CancelRunButton run={run} />}
        {isOver ? <RerunButton run={run} /> : null}
        <RunAgainButton run={run} look={isOver ? 'quiet' : 'faint'} />
      </div>
      <RunFacts run={run} />
      <RunParameters parameters={run.parameters} />
    </header>
  );
}
