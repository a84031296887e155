import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { ListRuns, type RunDetail, type RunSummary } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { RUNS_KEY } from '../../client/query-keys.ts';
import { runOptions } from '../run/run-detail-queries.ts';
import { pickColumns } from './to-grid.ts';

/** Runs asked for: more columns than these make a texture. */
const MOST_COLUMNS = 25;

/** The newest runs of a pipeline, newest first. */
function gridRunsOptions(environment: string, pipeline: string) {
  return queryOptions({
    queryKey: [RUNS_KEY, 'grid', environment, pipeline],
    queryFn: async ({ signal }): Promise<readonly RunSummary[]> =>
      (await consoleClient.call(ListRuns, { query: { environment, pipeline, limit: MOST_COLUMNS }, signal })).runs,
    placeholderData: keepPreviousData,
  });
}

export interface GridRuns {
  readonly list: ReturnType<typeof useQuery<readonly RunSummary[]>>;
  /** Oldest first, as columns stand. */
  readonly runs: readonly RunSummary[];
  /** In the order of `runs`; undefined where it is not read yet, or can't be. */
  readonly details: readonly (RunDetail | undefined)[];
}

/** The newest runs of a pipeline with their tasks, live: the same answers the run pages keep. */
export function useGridRuns(environment: string, pipeline: string): GridRuns {
  const list = useQuery(gridRunsOptions(environment, pipeline));
  const runs = pickColumns(list.data ?? []).toReversed();
  const details = useQueries({ queries: runs.map(({ id }) => runOptions(id)) }).map(({ data }) => data);
  return { list, runs, details };
}
