// The one live connection. The browser reconnects by itself with Last-Event-ID; when it gives up (an HTTP error), we
// open a new stream after the last id seen. While it is down the console says so.
import { EventView, StreamEvents } from '@towpath/api';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceAt: string };

/** What a stream tells its owner. `onOpen` comes after every (re)connection: what was missed is asked again then. */
export interface EventStreamOptions {
  readonly onOpen: () => void;
  readonly onEvents: (events: readonly EventView[]) => void;
  readonly onState: (state: ConnectionState) => void;
  /** The server answered, but not with a stream: perhaps the session ended. */
  readonly onRefused: () => void;
}

/** Events are gathered this long, so that a burst of 200 finished tasks asks once. Below what an eye notices. */
const GATHER_MS = 150;
/** Pause before a new stream after the browser gave up; short, because it is one cheap request of one person. */
const REOPEN_MS = 2000;

/** Opens the stream; the returned function closes it for good. */
export function openEventStream(options: EventStreamOptions): () => void {
  const gather = gatherEvents(options.onEvents);
  let lastId: string | undefined;
  let source: EventSource | undefined;
  let reopening: number | undefined;
  let lostSince: string | undefined;

  const open = (): void => {
    source = new EventSource(lastId ? `${StreamEvents.path}?after=${lastId}` : StreamEvents.path);
    source.onopen = () => {
      lostSince = undefined;
      options.onState({ kind: 'live' });
      options.onOpen();
    };
    source.onmessage = (message: MessageEvent<string>) => {
      if (message.lastEventId) lastId = message.lastEventId;
      gather.add(message.data);
    };
    source.onerror = () => {
      lostSince ??= new Date().toISOString();
      options.onState({ kind: 'lost', sinceAt: lostSince });
      if (source?.readyState !== EventSource.CLOSED) return;
      options.onRefused();
      reopening = window.setTimeout(open, REOPEN_MS);
    };
  };
  const close = (): void => {
    window.clearTimeout(reopening);
    source?.close();
  };
  // A browser gives one server six connections over HTTP/1.1, shared by all tabs: tabs nobody sees keep none.
  const followVisibility = (): void => (document.hidden ? close() : open());
  document.addEventListener('visibilitychange', followVisibility);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener('visibilitychange', followVisibility);
    close();
    gather.close();
  };
}

function gatherEvents(onEvents: (events: readonly EventView[]) => void): {
  add: (data: string) => void;
  close: () => void;
} {
  let waiting: EventView[] = [];
  let timer: number | undefined;
  const flush = (): void => {
    const events = waiting;
    waiting = [];
    timer = undefined;
    onEvents(events);
  };
  return {
    add: (data) => {
      const event = parseEvent(data);
      if (!event) return;
      waiting.push(event);
      timer ??= window.setTimeout(flush, GATHER_MS);
    },
    close: () => window.clearTimeout(timer),
  };
}

/** An event of a newer server that this console does not know is skipped; the next known one refreshes the page. */
function parseEvent(data: string): EventView | undefined {
  try {
    return EventView.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
