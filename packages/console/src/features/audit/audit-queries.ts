import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { type AuditStatusView, GetAuditStatus, ListAudit } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { AUDIT_KEY } from '../../client/query-keys.ts';
import { useIsEnvironmentSettled } from '../environments/environment-queries.ts';
import { type AuditSearch, boundsOf } from './audit-search.ts';

interface AuditFilter extends AuditSearch {
  readonly environment?: string | undefined;
}

const PAGE_SIZE = 100;

/** Entries of the audit, newest first, page by page. */
function auditOptions(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: [AUDIT_KEY, 'list', filter],
    queryFn: ({ pageParam, signal }) => {
      const { days: _days, from: _from, until: _until, ...rest } = filter;
      const query = { ...rest, ...boundsOf(filter, Date.now()), after: pageParam, limit: PAGE_SIZE };
      return consoleClient.call(ListAudit, { query, signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

const statusOptions = queryOptions({
  queryKey: [AUDIT_KEY, 'status'],
  queryFn: ({ signal }): Promise<AuditStatusView> => consoleClient.call(GetAuditStatus, { signal }),
});

/** Who did what, under a filter. */
export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({ ...auditOptions(filter), enabled: useIsEnvironmentSettled() });
}

/** How far the chain reaches and is signed. */
export function useAuditStatus() {
  return useQuery(statusOptions);
}
