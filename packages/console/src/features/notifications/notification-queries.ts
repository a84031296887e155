import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { ListNotifications, type NotificationView } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { NOTIFICATIONS_KEY } from '../../client/query-keys.ts';

/** So many fit a page; `npx towpath notifications` filters the rest. */
const SHOWN = 20;

function notificationsOptions(environment: string) {
  return queryOptions({
    queryKey: [NOTIFICATIONS_KEY, environment],
    queryFn: async ({ signal }): Promise<readonly NotificationView[]> =>
      (await consoleClient.call(ListNotifications, { query: { environment, limit: SHOWN }, signal })).notifications,
    placeholderData: keepPreviousData,
  });
}

/** The last notifications of an environment. */
export function useNotifications(environment: string) {
  return useQuery(notificationsOptions(environment));
}
