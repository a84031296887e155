// How the live connection is, for components; and which cached answers its events make old.
import { type ConnectionState, openEventStream } from './event-stream.ts';
import { planRefresh } from './plan-refresh.ts';

let state: ConnectionState = { kind: 'connecting' };
const listeners = new Set<() => void>();

/** Subscribes to changes of the connection; for `useSyncExternalStore`. */
export function subscribeConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How the live connection is now. */
export function readConnection(): ConnectionState {
  return state;
}

/**
 * Follows the server's events until the returned function is called. `refresh` is told which cached answers became old:
 * a key prefix, or the empty one after every (re)connection, because anything may have happened before it. `onRefused`
 * is called when the server answers without a stream.
 */
export function connectLive(refresh: (key: readonly string[]) => void, onRefused: () => void): () => void {
  return openEventStream({
    onOpen: () => refresh([]),
    onRefused,
    onEvents: (events) => {
      for (const key of planRefresh(events)) refresh(key);
    },
    onState: (next) => {
      state = next;
      for (const listener of listeners) listener();
    },
  });
}
