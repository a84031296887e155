// Keeps lists of runs live. A list of many pages is not read whole again at each event: only its newest page.

import type { InfiniteData, Query } from '@tanstack/react-query';
import { ListRuns } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { RUNS_KEY } from '../../client/query-keys.ts';
import { mergeNewest, type RunsPage } from './merge-newest.ts';
import { PAGE_SIZE, type RunsFilter } from './run-queries.ts';

/** Lists up to this many pages are read again whole, which is exact; longer ones by their newest page. */
const SHORT_PAGES = 2;

type RunsData = InfiniteData<RunsPage, string | undefined>;

/** Asks again for what is shown of runs. */
export async function refreshRuns(): Promise<void> {
  const longLists = queryClient
    .getQueryCache()
    .findAll({ queryKey: [RUNS_KEY, 'list'], type: 'active', predicate: isLong });
  const keep = new Set(longLists.map(({ queryHash }) => queryHash));
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: [RUNS_KEY], predicate: ({ queryHash }) => !keep.has(queryHash) }),
    ...longLists.map(refreshNewestPage),
  ]);
}

function isLong(query: Query): boolean {
  return (readPages(query)?.pages.length ?? 0) > SHORT_PAGES;
}

function readPages(query: Query): RunsData | undefined {
  return queryClient.getQueryData<RunsData>(query.queryKey);
}

async function refreshNewestPage(query: Query): Promise<void> {
  // The key is written by runsOptions alone; its third part is the filter.
  const filter = query.queryKey[2] as RunsFilter;
  const newest = await consoleClient.call(ListRuns, { query: { ...filter, limit: PAGE_SIZE } }).catch(() => undefined);
  const shown = readPages(query);
  const pages = newest && shown ? mergeNewest(newest, shown.pages) : undefined;
  if (!pages) return queryClient.invalidateQueries({ queryKey: query.queryKey, exact: true });
  const pageParams = pages.map((_, index) => (index === 0 ? undefined : (pages[index - 1]?.next ?? undefined)));
  queryClient.setQueryData<RunsData>(query.queryKey, { pages: [...pages], pageParams });
}
