// Server-sent events: read a page, write it, sleep until a hint. A slow reader slows only itself.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { EventView } from '@towpath/api';
import type { Db } from '../db/database.ts';
import type { ServerContext } from '../http/server-context.ts';
import { readEvents } from './operations/read-events.ts';

/** A stream to one reader. */
export interface EventStream {
  readonly response: ServerResponse;
  /** Position of the last event the reader has. */
  readonly after: string;
  readonly signal: AbortSignal;
  /** Whether the reader may hear of an environment. */
  readonly mayTell: (environment: string | null) => boolean;
  /** Asked before anything is written: no event follows the end of a credential. */
  readonly isStillAllowed: () => Promise<boolean>;
}

const PAGE_SIZE = 500;
/** Proxies and browsers take a stream that is silent for longer for dead (30 to 60 s are usual limits). */
const HEARTBEAT_MS = 15_000;
/** The older transaction that holds events back ends in milliseconds and sends no hint if it wrote no events itself. */
const HELD_BACK_MS = 50;

/** Writes events until the reader hangs up, may hear no more, or the server closes. */
export async function streamEvents(context: ServerContext, stream: EventStream): Promise<void> {
  const subscription = context.hints.subscribe(['events', 'access']);
  const reader: Reader = { after: stream.after, heartbeatAtMs: performance.now() + HEARTBEAT_MS };
  try {
    while (!stream.signal.aborted && (await stream.isStillAllowed())) {
      const sleepMs = await writePage(context.pool, stream, reader);
      await subscription.wait(sleepMs, stream.signal);
    }
  } catch (thrown) {
    if (!stream.signal.aborted) throw thrown;
  } finally {
    subscription.close();
  }
}

interface Reader {
  after: string;
  heartbeatAtMs: number;
}

/** Writes what there is and returns how long to sleep when no hint comes. */
async function writePage(db: Db, { response, signal, mayTell }: EventStream, reader: Reader): Promise<number> {
  const { events, hasHeldBack } = await readEvents(db, reader.after, PAGE_SIZE);
  const text = formatPage(
    events.filter(({ environment }) => mayTell(environment)),
    performance.now() >= reader.heartbeatAtMs,
  );
  if (text !== '') {
    reader.heartbeatAtMs = performance.now() + HEARTBEAT_MS;
    if (!response.write(text)) await once(response, 'drain', { signal });
  }
  reader.after = events.at(-1)?.id ?? reader.after;
  if (events.length === PAGE_SIZE) return 0;
  return hasHeldBack ? HELD_BACK_MS : reader.heartbeatAtMs - performance.now();
}

function formatPage(events: readonly EventView[], isHeartbeatDue: boolean): string {
  if (events.length > 0) return events.map(formatEvent).join('');
  return isHeartbeatDue ? ': heartbeat\n\n' : '';
}

function formatEvent(event: EventView): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
