import { Link } from '@tanstack/react-router';
import type { RunDetail } from '@towpath/api';
import type { ReactNode } from 'react';
import { CopyableId } from '../../layout/copyable-id.tsx';
import { Fact } from '../../layout/fact.tsx';
import { Instant } from '../../layout/instant.tsx';
import { RunDuration } from '../runs/run-row.tsx';
import classes from './run.module.css';

/** What is known of a run besides its answer. */
export function RunFacts({ run }: { readonly run: RunDetail }): ReactNode {
  return (
    <dl className={classes.facts}>
      <Fact term="Took">
        <RunDuration run={run} />
      </Fact>
      <Fact term="Created">
        <Instant at={run.createdAt} />
      </Fact>
      {run.logicalAt ? (
        <Fact term="Stands for">
          <Instant at={run.logicalAt} isExact />
        </Fact>
      ) : null}
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
      <Fact term="Pipeline">
        <Link to="/pipelines/$name" params={{ name: run.pipeline }} className="name">
          {run.pipeline}
        </Link>
      </Fact>
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
