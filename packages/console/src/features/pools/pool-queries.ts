import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { ListPools, type PoolView, SetPool } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { POOLS_KEY } from '../../client/query-keys.ts';

/** Pools with their slots; of one environment when it is known. */
function poolsOptions(environment: string | undefined) {
  return queryOptions({
    queryKey: [POOLS_KEY, environment ?? ''],
    queryFn: async ({ signal }): Promise<readonly PoolView[]> =>
      (await consoleClient.call(ListPools, { query: { environment }, signal })).pools,
    placeholderData: keepPreviousData,
  });
}

/** Pools of an environment. */
export function usePools(environment: string | undefined) {
  return useQuery(poolsOptions(environment));
}

/** Sets the slots of a pool above its declaration; null goes back to that. */
export function useSetPool({ environment, name }: PoolView) {
  return useMutation({
    mutationFn: (slots: number | null) =>
      consoleClient.call(SetPool, { params: { environment, name }, body: { slots } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [POOLS_KEY] }),
  });
}
