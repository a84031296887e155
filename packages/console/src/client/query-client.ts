// Data stays fresh by events, not by time: what the server said is kept until an event says otherwise.
import { QueryClient } from '@tanstack/react-query';

/** Data older than this is asked again when a page opens, in case an event was lost unnoticed. */
const STALE_AFTER_MS = 30_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_AFTER_MS,
      // An error is shown at once with what to do; the event stream asks again as soon as the server is back.
      retry: false,
      networkMode: 'always',
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    mutations: { networkMode: 'always' },
  },
});
