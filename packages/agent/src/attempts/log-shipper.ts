// Ships a growing log by byte offset. The file is the spool: nothing is kept in memory but the chunk under way.
import { watch } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { MAX_LOG_CHUNK_BYTES } from '@towpath/api';
import type { LogFile } from '../executors/log-file.ts';

export interface LogShipperOptions {
  readonly log: LogFile;
  /** Sends bytes; returns how many bytes the server has then, which may be fewer or more than was thought. */
  send(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** How long growth may wait to be told, together with what follows it. */
  delayMs(): number;
  /** Ends the shipping; the file stays. */
  readonly signal: AbortSignal;
}

/** The last bytes of a log, from this offset to its end. */
export interface LogTail {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A log that no longer grows. */
export interface FinishedLog {
  readonly lengthBytes: number;
  /** What is left to be told; undefined when all of it was shipped. */
  readonly tail: LogTail | undefined;
}

export interface LogShipper {
  /** Ends the shipping of a log that no longer grows; a short rest is left to the report of the end. */
  finish(): Promise<FinishedLog>;
  /** Forgets what the server was thought to have and ships what it lacks; returns the length in bytes. */
  repeat(): Promise<number>;
  /** Rejects when `send` did while the log was growing; never resolves. */
  readonly failed: Promise<never>;
}

/** Base64 makes a third more of it; the API takes 64 KiB. */
const MAX_TAIL_BYTES = 45_000;

/**
 * The gap is shown: a task that says `> /dev/stderr` opens its own log anew and empties it, and what was not shipped
 * before is gone. A log that is shorter than what was shipped was emptied, and so was one that begins otherwise than it did.
 */
const TRUNCATED = new TextEncoder().encode('\n[towpath] The task emptied its log here; bytes may be missing.\n');

/** Where the server's log ends, and which byte of the file comes next; the same number until the file is emptied. */
interface Place {
  offset: number;
  position: number;
}

/** Goes on where the server's log ends. Nothing is sent twice: of a file that is shorter than that, the end is next. */
async function follow(log: LogFile, place: Place, length: number, surplus: number): Promise<void> {
  const position = place.position + length - place.offset + surplus;
  place.offset = length;
  place.position = Math.max(0, Math.min(position, await log.size()));
}

/** Starts shipping: at once, and whenever the file grows. */
export function createLogShipper({ log, send, delayMs, signal }: LogShipperOptions): LogShipper {
  const place = { offset: 0, position: 0 };
  let shipping: Promise<void> = Promise.resolve();
  const ship = async (bytes: Uint8Array<ArrayBuffer>, advance: number): Promise<void> => {
    const length = await send(place.offset, bytes);
    await follow(log, place, length, advance - bytes.length);
  };
  const readNext = (maxBytes: number) => readOrMark({ log, place, maxBytes, mark: () => ship(TRUNCATED, 0) });
  const shipAll = async (): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      const bytes = await readNext(MAX_LOG_CHUNK_BYTES);
      if (bytes.length === 0) return;
      await ship(bytes, bytes.length);
    }
  };
  // One after the other: two appends at once would only collide at the same offset.
  const enqueue = (): Promise<void> => {
    shipping = shipping.catch(() => undefined).then(shipAll);
    return shipping;
  };
  const finish = async (): Promise<FinishedLog> => {
    await shipping.catch(() => undefined);
    const bytes = await readNext(MAX_TAIL_BYTES + 1);
    const { offset } = place;
    if (bytes.length <= MAX_TAIL_BYTES)
      return { lengthBytes: offset + bytes.length, tail: bytes.length > 0 ? { offset, bytes } : undefined };
    await enqueue();
    return { lengthBytes: place.offset, tail: undefined };
  };
  const failure = Promise.withResolvers<never>();
  // Whoever listens hears it; that nobody does any more is no failure of its own.
  failure.promise.catch(() => undefined);
  const stopWatching = watchGrowth(log.path, delayMs(), async () => {
    await enqueue().catch(failure.reject);
    await pause(delayMs(), undefined, { signal });
  });
  signal.addEventListener('abort', stopWatching, { once: true });
  return {
    finish: () => {
      stopWatching();
      return finish();
    },
    repeat: async () => {
      await shipping.catch(() => undefined);
      place.offset = 0;
      place.position = 0;
      // The server has some of a log that is empty here: only its answer tells how much.
      if ((await log.size()) === 0) await ship(TRUNCATED, 0);
      await enqueue();
      return place.offset;
    },
    failed: failure.promise,
  };
}

interface NextBytes {
  readonly log: LogFile;
  readonly place: Place;
  readonly maxBytes: number;
  /** Ships the mark of a gap. */
  mark(): Promise<void>;
}

/** What comes next of the log; where the task emptied it, the gap is marked first. */
async function readOrMark({ log, place, maxBytes, mark }: NextBytes): Promise<Uint8Array<ArrayBuffer>> {
  if ((await log.size()) < place.position) {
    place.position = 0;
    await mark();
  }
  const bytes = await log.read(place.position, maxBytes);
  // Asked again after `repeat`, too: then the answer tells how much is behind the mark.
  if (place.offset > 0 || place.position > 0 || beginsAsItDid(bytes, log.firstLine)) return bytes;
  await mark();
  return log.read(place.position, maxBytes);
}

function beginsAsItDid(bytes: Uint8Array, firstLine: string | undefined): boolean {
  if (firstLine === undefined) return true;
  const expected = Buffer.from(`${firstLine}\n`);
  return expected.equals(bytes.subarray(0, expected.length));
}

/** Calls `act` after every growth, never twice at once. Its errors are its own affair. What ends before is never watched. */
function watchGrowth(path: string, beginAfterMs: number, act: () => Promise<void>): () => void {
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
  let watcher: ReturnType<typeof startWatching>;
  const timer = setTimeout(() => {
    watcher = startWatching(path, () => void run());
    void run();
  }, beginAfterMs);
  return () => {
    clearTimeout(timer);
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
