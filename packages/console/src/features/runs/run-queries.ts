// Runs: the live list, the last twenty, and what one may do with a pipeline or a run.

import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { CancelRun, GiveUpAttempt, ListRuns, RerunRun, type RunDetail, type RunSummary, StartRun } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { PIPELINES_KEY, RUN_KEY, RUNS_KEY } from '../../client/query-keys.ts';
import { useIsEnvironmentSettled } from '../environments/environment-queries.ts';
import type { RunsSearch } from './runs-search.ts';

/** What a run is started with. Absent parameters take their defaults. */
interface StartBody {
  readonly pipeline: string;
  readonly environment: string;
  readonly parameters?: RunDetail['parameters'];
  readonly note?: string | undefined;
}

/** How much of a run is repeated; with `tasks`, which. */
interface RerunBody {
  readonly from: 'start' | 'failed' | 'tasks';
  readonly tasks?: string[] | undefined;
  readonly note?: string | undefined;
}

export interface RunsFilter extends Omit<RunsSearch, 'view'> {
  readonly environment?: string | undefined;
}

/** Runs read at once: two screens of the largest window. */
export const PAGE_SIZE = 100;
/** How far back the answer on top of the list looks. */
const RECENT_RUNS = 20;

/** The list of runs, newest first, page by page. */
function runsOptions(filter: RunsFilter) {
  return infiniteQueryOptions({
    queryKey: [RUNS_KEY, 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      consoleClient.call(ListRuns, { query: { ...filter, after: pageParam, limit: PAGE_SIZE }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** The newest runs whatever the filter says: what the answer on top of the list is made of. */
function recentRunsOptions(environment: string | undefined) {
  return queryOptions({
    queryKey: [RUNS_KEY, 'recent', environment ?? ''],
    queryFn: async ({ signal }): Promise<readonly RunSummary[]> =>
      (await consoleClient.call(ListRuns, { query: { environment, limit: RECENT_RUNS }, signal })).runs,
    placeholderData: keepPreviousData,
  });
}

/** The list of runs under a filter. */
export function useRuns(filter: RunsFilter) {
  return useInfiniteQuery({ ...runsOptions(filter), enabled: useIsEnvironmentSettled() });
}

/** The newest runs of an environment. */
export function useRecentRuns(environment: string | undefined) {
  return useQuery({ ...recentRunsOptions(environment), enabled: useIsEnvironmentSettled() });
}

/** Starts a run of a pipeline; its reply is the new run. */
export function useStartRun() {
  return useMutation({
    mutationFn: (body: StartBody) => consoleClient.call(StartRun, { body }),
    onSuccess: () => refresh([RUNS_KEY], [PIPELINES_KEY]),
  });
}

/** Repeats an ended run, whole or in part; its reply is the new run. */
export function useRerun(runId: string) {
  return useMutation({
    mutationFn: (body: RerunBody) => consoleClient.call(RerunRun, { params: { runId }, body }),
    onSuccess: () => refresh([RUNS_KEY], [PIPELINES_KEY]),
  });
}

/** Ends an uncertain attempt of a run by a person's word. */
export function useGiveUpAttempt(runId: string, attemptId: string) {
  return useMutation({
    mutationFn: () => consoleClient.call(GiveUpAttempt, { params: { attemptId }, body: {} }),
    onSuccess: () => refresh([RUNS_KEY], [RUN_KEY, runId]),
  });
}

/** Asks for the end of a run. */
export function useCancelRun(runId: string) {
  return useMutation({
    mutationFn: () => consoleClient.call(CancelRun, { params: { runId }, body: {} }),
    onSuccess: () => refresh([RUNS_KEY], [RUN_KEY, runId]),
  });
}

/** The event of the change comes too, but a person who clicked should not wait for it. */
async function refresh(...keys: readonly (readonly string[])[]): Promise<void> {
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}
