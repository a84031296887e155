import { useSyncExternalStore } from 'react';
import { readConnection, subscribeConnection } from './connection-store.ts';
import type { ConnectionState } from './event-stream.ts';

/** How the live connection is; draws again when that changes. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribeConnection, readConnection);
}
