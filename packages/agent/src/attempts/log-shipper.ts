// Ships a growing log by byte offset. The file is the spool: nothing is kept in memory but the chunk under way.
import { watch } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { MAX_LOG_CHUNK_BYTES } from '@towpath/api';
import type { LogFile } from '../executors/log-file.ts';

export interface LogShipperOptions {
  readonly log: LogFile;
  /** Sends bytes; returns how many bytes the server has then, which may be fewer or more than was thought. */
  send(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Ends the shipping; the file stays. */
  readonly signal: AbortSignal;
}

export interface LogShipper {
  /** Ships to the end of a log that no longer grows; returns its length in bytes. */
  finish(): Promise<number>;
  /** Forgets what the server was thought to have and ships what it lacks; returns the length in bytes. */
  repeat(): Promise<number>;
  /** Rejects when `send` did while the log was growing; never resolves. */
  readonly failed: Promise<never>;
}

/** A line is with its reader after about this time, and a flood of small writes becomes ten requests per second. */
const COALESCE_MS = 100;

/** Starts shipping: at once, and whenever the file grows. */
export function createLogShipper({ log, send, signal }: LogShipperOptions): LogShipper {
  let offset = 0;
  let shipping: Promise<void> = Promise.resolve();
  const shipAll = async (): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const bytes = await log.read(offset, MAX_LOG_CHUNK_BYTES);
      if (bytes.length === 0) return;
      offset = await send(offset, bytes);
    }
  };
  // One after the other: two appends at once would only collide at the same offset.
  const enqueue = (): Promise<void> => {
    shipping = shipping.catch(() => undefined).then(shipAll);
    return shipping;
  };
  const failure = Promise.withResolvers<never>();
  // Whoever listens hears it; that nobody does any more is no failure of its own.
  failure.promise.catch(() => undefined);
  const stopWatching = watchGrowth(log.path, async () => {
    await pause(COALESCE_MS, undefined, { signal });
    await enqueue().catch(failure.reject);
  });
  signal.addEventListener('abort', stopWatching, { once: true });
  return {
    finish: async () => {
      stopWatching();
      await enqueue();
      return offset;
    },
    repeat: async () => {
      await shipping.catch(() => undefined);
      offset = 0;
      await enqueue();
      return offset;
    },
    failed: failure.promise,
  };
}

/** Calls `act` now and after every growth, never twice at once. Its errors are its own affair. */
function watchGrowth(path: string, act: () => Promise<void>): () => void {
  let isActing = false;
  let hasGrown = false;
  const run = async (): Promise<void> => {
    hasGrown = true;
    if (isActing) return;
    isActing = true;
    while (hasGrown) {
      hasGrown = false;
      await act().catch(() => undefined);
    }
    isActing = false;
  };
  const watcher = startWatching(path, () => void run());
  void run();
  return () => {
    hasGrown = false;
    watcher?.close();
  };
}

function startWatching(path: string, listener: () => void): ReturnType<typeof watch> | undefined {
  try {
    const watcher = watch(path, listener);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // No file (a start that failed early), or no watch left (inotify's limit): `finish` ships all of it.
    return undefined;
  }
}
