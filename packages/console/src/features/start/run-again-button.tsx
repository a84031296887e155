import type { RunDetail } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatRunCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { LinkButton } from '../../layout/link-button.tsx';
import { useCommandScope } from '../environments/environment-queries.ts';
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
  const scope = useCommandScope(run.environment);
  if (!pipeline || Object.keys(pipeline.parameters).length === 0)
    return (
      <>
        <StartRunButton pipeline={run.pipeline} environment={run.environment} label="Run again" look={look} />
        {canStart ? <CommandLine command={formatRunCommand(run.pipeline, scope)} /> : null}
      </>
    );
  if (!canStart) return null;
  return (
    <LinkButton
      label="Run again with…"
      ariaLabel={`Run again with… ${run.pipeline} in ${run.environment}`}
      link={{ to: '/pipelines/$name', params: { name: run.pipeline }, search: { like: run.id } }}
    />
  );
}
