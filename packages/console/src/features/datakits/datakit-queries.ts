import { queryOptions, useQuery } from '@tanstack/react-query';
import { type DatakitView, ListDatakits } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { DATAKITS_KEY } from '../../client/query-keys.ts';

/** Datakits asked for at once; a project has some tens of them. */
const PAGE_SIZE = 100;

/** Every datakit that a pipeline names, in every environment. */
const datakitsOptions = queryOptions({
  queryKey: [DATAKITS_KEY],
  queryFn: async ({ signal }): Promise<readonly DatakitView[]> => {
    const all: DatakitView[] = [];
    let after: string | undefined;
    do {
      const page = await consoleClient.call(ListDatakits, { query: { after, limit: PAGE_SIZE }, signal });
      all.push(...page.datakits);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return all;
  },
});

/** The inventory. */
export function useDatakits() {
  return useQuery(datakitsOptions);
}
