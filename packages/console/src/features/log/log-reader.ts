// Follows the log of one attempt by byte offset: each request waits on the server until there is more.
import { LOG_COMPLETE_HEADER, LOG_LENGTH_HEADER, ReadLog } from '@towpath/api';
import { consoleClient } from '../../client/console-client.ts';
import { createLogLines, type LogLines } from './log-lines.ts';

export interface LogSnapshot {
  /** The same array grows; a new snapshot says that it did. */
  readonly lines: readonly string[];
  readonly lengthBytes: number;
  /** Bytes at the beginning that were not read because the log is too long for a browser. */
  readonly skippedBytes: number;
  readonly isLoaded: boolean;
  readonly isComplete: boolean;
  /** The last request failed; it is repeated. */
  readonly error: unknown;
}

export interface LogReader {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => LogSnapshot;
  /** Begins to read; the returned function ends it. */
  readonly start: () => () => void;
}

/** Most of a log that is held in the browser: some 200,000 lines. The rest can be downloaded. */
const MAX_HELD_BYTES = 24 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** Below the 30 s that proxies commonly allow an answer to take. */
const WAIT_MS = 25_000;
/** Pause after a failed request. */
const RETRY_MS = 2000;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly lengthBytes: number;
  readonly isComplete: boolean;
}

/** Creates a reader; it reads nothing before `start`. */
export function createLogReader(attemptId: string): LogReader {
  const listeners = new Set<() => void>();
  let collected: LogLines = createLogLines({ beginsAmid: false });
  let offset = 0;
  let snapshot: LogSnapshot = {
    lines: collected.lines,
    lengthBytes: 0,
    skippedBytes: 0,
    isLoaded: false,
    isComplete: false,
    error: undefined,
  };
  const change = (next: Partial<LogSnapshot>): void => {
    snapshot = { ...snapshot, ...next };
    for (const listener of listeners) listener();
  };
  const accept = ({ bytes, lengthBytes, isComplete }: Chunk): void => {
    if (offset === 0 && lengthBytes > MAX_HELD_BYTES) {
      offset = lengthBytes - MAX_HELD_BYTES;
      collected = createLogLines({ beginsAmid: true });
      change({ lines: collected.lines, skippedBytes: offset, lengthBytes });
      return;
    }
    offset += bytes.length;
    collected.push(bytes);
    change({ lengthBytes, isLoaded: true, error: undefined, isComplete: isComplete && offset >= lengthBytes });
  };
  const follow = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && !snapshot.isComplete) {
      try {
        await untilVisible(signal);
        accept(await readChunk(attemptId, offset, signal));
      } catch (thrown) {
        if (signal.aborted) return;
        change({ error: thrown });
        await pause(RETRY_MS, signal);
      }
    }
  };
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
    start: () => {
      const stop = new AbortController();
      void follow(stop.signal);
      return () => stop.abort();
    },
  };
}

async function readChunk(attemptId: string, offset: number, signal: AbortSignal): Promise<Chunk> {
  const query = { offset, limit: CHUNK_BYTES, waitMs: WAIT_MS };
  const response = await consoleClient.send(ReadLog, { params: { attemptId }, query, signal });
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    lengthBytes: Number(response.headers.get(LOG_LENGTH_HEADER) ?? 0),
    isComplete: response.headers.get(LOG_COMPLETE_HEADER) === 'true',
  };
}

/**
 * Reads a whole log as it is now, byte by byte as the attempt wrote it.
 *
 * @throws TowpathError as the server says
 */
export async function readWholeLog(attemptId: string): Promise<Blob> {
  const parts: BlobPart[] = [];
  let offset = 0;
  for (;;) {
    const query = { offset, limit: 4 * CHUNK_BYTES };
    const response = await consoleClient.send(ReadLog, { params: { attemptId }, query });
    const bytes = await response.arrayBuffer();
    parts.push(bytes);
    offset += bytes.byteLength;
    const lengthBytes = Number(response.headers.get(LOG_LENGTH_HEADER) ?? 0);
    if (bytes.byteLength === 0 || offset >= lengthBytes) return new Blob(parts, { type: 'text/plain' });
  }
}

/** A tab nobody sees asks no more: its waiting request would take one of the few connections from the others. */
function untilVisible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!document.hidden || signal.aborted) return resolve();
    document.addEventListener('visibilitychange', () => resolve(), { once: true, signal });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
