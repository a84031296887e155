import { Link, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { loadOlder } from '../../client/load-older.ts';
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

const RunGrid = lazy(async () => ({ default: (await import('../grid/run-grid.tsx')).RunGrid }));

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
      {hasRuns || isFiltered(search) ? <RunsFilterBar environment={environment} search={search} /> : null}
      {search.view === 'grid' ? (
        <PipelineGrid environment={environment} pipeline={search.pipeline} />
      ) : (
        <RunsList environment={environment} search={search} />
      )}
    </div>
  );
}

function isFiltered({ state, pipeline, trigger, view }: RunsSearch): boolean {
  return [state, pipeline, trigger, view].some((part) => part !== undefined);
}

interface PipelineGridProps {
  readonly environment: string | undefined;
  readonly pipeline: string | undefined;
}

/** The grid is one pipeline's: the chosen one, else the only one. */
function PipelineGrid({ environment, pipeline }: PipelineGridProps): ReactNode {
  const pipelines = usePipelines(environment).data?.pipelines ?? [];
  const name = pipeline ?? (pipelines.length === 1 ? pipelines[0]?.name : undefined);
  if (environment && name)
    return (
      <Suspense fallback={<LoadingRows label="Loading the grid" />}>
        <RunGrid environment={environment} pipeline={name} />
      </Suspense>
    );
  return (
    <EmptyState title="Choose a pipeline">
      <p>The grid shows the tasks of one pipeline through its last runs.</p>
      <ul className={classes.choose}>
        {pipelines.slice(0, MOST_OFFERED).map(({ name: offered }) => (
          <li key={offered}>
            <Link to="/runs" search={{ view: 'grid', pipeline: offered }} className="name" data-row>
              {offered}
            </Link>
          </li>
        ))}
      </ul>
      {pipelines.length > MOST_OFFERED ? <p>Or any other by the filter.</p> : null}
    </EmptyState>
  );
}

/** Pipelines offered without searching. */
const MOST_OFFERED = 12;

interface RunsListProps {
  readonly environment: string | undefined;
  readonly search: RunsSearch;
}

function RunsList({ environment, search }: RunsListProps): ReactNode {
  const { state, pipeline, trigger } = search;
  const runs = useRuns({ environment, state, pipeline, trigger });
  if (runs.isPending) return <LoadingRows label="Loading runs" />;
  if (!runs.data) return <ErrorPanel error={runs.error} onRetry={() => void runs.refetch()} />;
  const rows = runs.data.pages.flatMap((page) => page.runs);
  if (rows.length === 0) return isFiltered(search) ? <NothingMatches /> : <NoRuns environment={environment} />;
  return (
    <RunsTable
      runs={rows}
      hasMore={runs.hasNextPage}
      isLoadingMore={runs.isFetchingNextPage}
      onLoadMore={() => void loadOlder(runs)}
    />
  );
}

function NothingMatches(): ReactNode {
  return (
    <EmptyState title="No run matches the filter">
      <p>
        Choose another pipeline, state or trigger, or <Link to="/runs">show all</Link>. In a terminal:
      </p>
      <CommandLine command={formatCommand('runs')} />
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
