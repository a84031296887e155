import { Skeleton } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import type { PipelineView } from '@towpath/api';
import type { ReactNode } from 'react';
import { useRun } from '../run/run-detail-queries.ts';
import { StartForm } from '../start/start-form.tsx';
import classes from './pipeline.module.css';

/** The form that starts a run; with the parameters of an earlier run when the URL names one. */
export function StartPanel({ pipeline }: { readonly pipeline: PipelineView }): ReactNode {
  const { like } = useSearch({ from: '/framed/pipelines/$name' });
  return (
    <section className={classes.panel} aria-label="Start a run">
      <h2>Start a run</h2>
      {like ? <FormLike pipeline={pipeline} runId={like} /> : <StartForm pipeline={pipeline} />}
    </section>
  );
}

interface FormLikeProps {
  readonly pipeline: PipelineView;
  readonly runId: string;
}

function FormLike({ pipeline, runId }: FormLikeProps): ReactNode {
  const run = useRun(runId);
  if (run.isPending) return <Skeleton height={120} />;
  // The defaults are a form too: an old link must not keep anybody from running the pipeline.
  if (!run.data) return <StartForm pipeline={pipeline} />;
  return (
    <>
      <p className={classes.muted}>
        With the parameters of{' '}
        <Link to="/runs/$runId" params={{ runId }} className="name">
          {run.data.name}
        </Link>
      </p>
      <StartForm pipeline={pipeline} given={run.data.parameters} />
    </>
  );
}
