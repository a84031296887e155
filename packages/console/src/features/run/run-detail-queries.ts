import { queryOptions, useQuery } from '@tanstack/react-query';
import { GetRun, type RunDetail } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { RUN_KEY } from '../../client/query-keys.ts';

/** One run with its tasks and attempts. */
export function runOptions(runId: string) {
  return queryOptions({
    queryKey: [RUN_KEY, runId],
    queryFn: ({ signal }): Promise<RunDetail> => consoleClient.call(GetRun, { params: { runId }, signal }),
  });
}

/** One run, live. */
export function useRun(runId: string) {
  return useQuery(runOptions(runId));
}
