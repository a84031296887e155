import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { ListPipelines } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { PIPELINES_KEY } from '../../client/query-keys.ts';
import { useIsEnvironmentSettled } from '../environments/environment-queries.ts';

/** Registered pipelines and their code locations; of one environment when it is known. */
function pipelinesOptions(environment: string | undefined) {
  return queryOptions({
    queryKey: [PIPELINES_KEY, environment ?? ''],
    queryFn: ({ signal }) => consoleClient.call(ListPipelines, { query: { environment }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Pipelines of an environment with their last ten runs. */
export function usePipelines(environment: string | undefined) {
  return useQuery({ ...pipelinesOptions(environment), enabled: useIsEnvironmentSettled() });
}
