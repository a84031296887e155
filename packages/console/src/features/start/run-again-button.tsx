import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { RunDetail } from '@towpath/api';
import type { ReactNode } from 'react';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { StartRunButton } from '../runs/start-run-button.tsx';
import { usePermissions } from '../session/session-queries.ts';

interface RunAgainButtonProps {
  readonly run: RunDetail;
  readonly look: 'quiet' | 'faint';
}

/** A new run of the pipeline as it is now. Where it has parameters, the form opens with those of this run. */
export function RunAgainButton({ run, look }: RunAgainButtonProps): ReactNode {
  const pipelines = usePipelines(run.environment).data?.pipelines ?? [];
  const pipeline = pipelines.find(({ name }) => name === run.pipeline);
  const { canStart } = usePermissions();
  if (!pipeline || Object.keys(pipeline.parameters).length === 0)
    return <StartRunButton pipeline={run.pipeline} environment={run.environment} label="Run again" look={look} />;
  if (!canStart) return null;
  return (
    <Button
      size="sm"
      variant={look === 'quiet' ? 'default' : 'subtle'}
      renderRoot={(props) => (
        <Link {...props} to="/pipelines/$name" params={{ name: run.pipeline }} search={{ like: run.id }} />
      )}
    >
      Run again with…
    </Button>
  );
}
