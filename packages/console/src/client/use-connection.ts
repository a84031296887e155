import { useSyncExternalStore } from 'react';
import { readConnection, subscribeConnection } from './connection-store.ts';
import type { ConnectionState } from './event-stream.ts';

/** How the live connection is; draws again when that changes. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribeConnection, readConnection);
}

/** Why nothing may be changed now: the connection is lost. Undefined while it is not. */
export function useLostReason(): string | undefined {
  return useConnection().kind === 'lost' ? 'The connection is lost: what you see may be old.' : undefined;
}
