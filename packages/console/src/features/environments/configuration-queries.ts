import { queryOptions, useQuery } from '@tanstack/react-query';
import { type ConfigurationView, GetConfiguration } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { ENVIRONMENTS_KEY } from '../../client/query-keys.ts';

function configurationOptions(environment: string | undefined) {
  return queryOptions({
    queryKey: [ENVIRONMENTS_KEY, 'configuration', environment ?? ''],
    queryFn: async ({ signal }): Promise<readonly ConfigurationView[]> => {
      if (environment === undefined) return [];
      return (await consoleClient.call(GetConfiguration, { params: { environment }, signal })).configurations;
    },
    enabled: environment !== undefined,
  });
}

/** What the agents of an environment last said they resolved; not asked for while there is no name. */
export function useConfigurations(environment: string | undefined) {
  return useQuery(configurationOptions(environment));
}
