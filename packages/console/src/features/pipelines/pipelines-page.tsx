import { TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { CodeLocationView } from '@towpath/api';
import type { ReactNode } from 'react';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { Headline } from '../../layout/headline.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useEnvironmentName } from '../environments/environment-queries.ts';
import { PageTitle } from '../environments/page-title.tsx';
import { CodeLocationErrors } from './code-location-errors.tsx';
import { describePipelines, filterPipelines } from './describe-pipelines.ts';
import { PipelineCard } from './pipeline-card.tsx';
import { usePipelines } from './pipeline-queries.ts';
import classes from './pipelines.module.css';

/** What exists here, where does it come from, how did it run lately? */
export function PipelinesPage(): ReactNode {
  const environment = useEnvironmentName();
  const { q = '' } = useSearch({ from: '/framed/pipelines' });
  const navigate = useNavigate();
  const answer = usePipelines(environment);
  if (answer.isPending) return <LoadingRows label="Loading pipelines" />;
  if (!answer.data)
    return (
      <ErrorPanel title="The pipelines can't be shown" error={answer.error} onRetry={() => void answer.refetch()} />
    );
  const { pipelines, codeLocations } = answer.data;
  const shown = filterPipelines(pipelines, q);
  return (
    <div className={classes.page}>
      <PageTitle page="Pipelines" />
      <Headline>{describePipelines(answer.data)}</Headline>
      <CodeLocationErrors codeLocations={codeLocations} />
      {pipelines.length === 0 ? <NoPipelines codeLocations={codeLocations} /> : null}
      {pipelines.length > 0 ? (
        <TextInput
          data-search
          aria-label="Filter pipelines"
          placeholder="Filter by name or description"
          value={q}
          onChange={({ currentTarget }) =>
            void navigate({ to: '/pipelines', search: changeFilter(currentTarget.value), replace: true })
          }
          className={classes.filter}
        />
      ) : null}
      {pipelines.length > 0 && shown.length === 0 ? <NothingMatches text={q} /> : null}
      <ul className={classes.list}>
        {shown.map((pipeline) => (
          <PipelineCard key={`${pipeline.environment}/${pipeline.name}`} pipeline={pipeline} />
        ))}
      </ul>
    </div>
  );
}

function changeFilter(q: string) {
  return ({ environment }: { environment?: string | undefined }) => ({
    ...(environment ? { environment } : {}),
    ...(q ? { q } : {}),
  });
}

function NothingMatches({ text }: { readonly text: string }): ReactNode {
  return (
    <EmptyState title={`No pipeline matches “${text}”`}>
      <p>
        A pipeline matches by its name or description. <Link to="/pipelines">Show all</Link>, or in a terminal:
      </p>
      <CommandLine command={formatCommand('pipelines')} />
    </EmptyState>
  );
}

function NoPipelines({ codeLocations }: { readonly codeLocations: readonly CodeLocationView[] }): ReactNode {
  return (
    <EmptyState title="No pipeline is registered">
      <p>
        A pipeline is a TypeScript file in the folder <code>pipelines/</code> of the project
        {codeLocations[0] ? ` ${codeLocations[0].name}` : ''}. Save one there and it appears here by itself, without a
        restart.
      </p>
      <p>An empty folder becomes a project with an example by:</p>
      <CommandLine command={formatCommand('init')} />
    </EmptyState>
  );
}
