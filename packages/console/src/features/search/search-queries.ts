import { queryOptions, skipToken, useQuery } from '@tanstack/react-query';
import { FindRunByNumber, type RunSummary } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { RUNS_KEY } from '../../client/query-keys.ts';

/** One run by the number people see; nothing is asked while either is unknown. */
function runByNumberOptions(environment: string | undefined, number: number | undefined) {
  return queryOptions({
    queryKey: [RUNS_KEY, 'number', environment ?? '', number ?? 0],
    queryFn:
      environment && number
        ? ({ signal }): Promise<RunSummary> =>
            consoleClient.call(FindRunByNumber, { params: { environment, number }, signal })
        : skipToken,
  });
}

/** The run of a number, when there is one. */
export function useRunByNumber(environment: string | undefined, number: number | undefined) {
  return useQuery(runByNumberOptions(environment, number));
}
