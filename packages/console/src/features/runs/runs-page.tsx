import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCommand, quoteShell } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';
import { EmptyState } from '../../layout/empty-state.tsx';
import { ErrorPanel } from '../../layout/error-panel.tsx';
import { LoadingRows } from '../../layout/loading-rows.tsx';
import { useEnvironmentName } from '../environments/environment-queries.ts';
import { PageTitle } from '../environments/page-title.tsx';
import { usePipelines } from '../pipelines/pipeline-queries.ts';
import { useRecentRuns, useRuns } from './run-queries.ts';
import classes from './runs.module.css';
import { RunsAnswerPanel } from './runs-answer-panel.tsx';
import { RunsFilterBar } from './runs-filter-bar.tsx';
import type { RunsSearch } from './runs-search.ts';
import { RunsTable } from './runs-table.tsx';

/** What failed, is the data complete, what do I do? Then every run, newest first, live. */
export function RunsPage(): ReactNode {
  const environment = useEnvironmentName();
  const search = useSearch({ from: '/framed/runs' });
  // Nothing to filter: the page then teaches how to begin instead.
  const hasRuns = useRecentRuns(environment).data?.length !== 0;
  return (
    <div className={classes.page}>
      <PageTitle page="Runs" />
      <RunsAnswerPanel environment={environment} />
      {hasRuns || search.state || search.pipeline ? <RunsFilterBar environment={environment} search={search} /> : null}
      <RunsList environment={environment} search={search} />
    </div>
  );
}

interface RunsListProps {
  readonly environment: string | undefined;
  readonly search: RunsSearch;
}

function RunsList({ environment, search }: RunsListProps): ReactNode {
  const { state, pipeline } = search;
  const runs = useRuns({ environment, state, pipeline });
  if (runs.isPending) return <LoadingRows label="Loading runs" />;
  if (!runs.data) return <ErrorPanel error={runs.error} onRetry={() => void runs.refetch()} />;
  const rows = runs.data.pages.flatMap((page) => page.runs);
  if (rows.length === 0) return state || pipeline ? <NothingMatches /> : <NoRuns environment={environment} />;
  return (
    <RunsTable
      rows={rows}
      hasMore={runs.hasNextPage}
      isLoadingMore={runs.isFetchingNextPage}
      onLoadMore={() => void runs.fetchNextPage({ cancelRefetch: false })}
    />
  );
}

function NothingMatches(): ReactNode {
  return (
    <EmptyState title="No run matches the filter">
      <p>Choose another state or pipeline, or clear the filter.</p>
    </EmptyState>
  );
}

function NoRuns({ environment }: { readonly environment: string | undefined }): ReactNode {
  const first = usePipelines(environment).data?.pipelines[0];
  return (
    <EmptyState title="Start the first one">
      <p>Under Pipelines, or in a terminal:</p>
      <CommandLine command={formatCommand(`run ${first ? quoteShell(first.name) : '<pipeline>'}`)} />
      <p>These commands list what can be run, and what ran:</p>
      <CommandLine command={formatCommand('pipelines')} />
      <CommandLine command={formatCommand('runs')} />
    </EmptyState>
  );
}
