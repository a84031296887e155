// Opening what lies in an attempt's folder. The attempt may have put anything there: a FIFO would block whoever opens it, for
// ever, and a link leads to what is not the attempt's.
//
// By synchronous calls: these files are small and lie in the page cache, where one call takes some 10 µs. Promises take six
// times that of the agent's one thread, and an attempt has some forty of them.
import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';

/** What opening says when there is nothing, no file, or nothing that we may read. */
const NO_FILE_CODES = ['ENOENT', 'ENXIO', 'ELOOP', 'EACCES', 'ENOTDIR', 'EISDIR'];

/** A link is no file of the attempt's own, except where a contract allows one. */
const UNFOLLOWED = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
export const FOLLOWING_LINKS = constants.O_RDONLY | constants.O_NONBLOCK;

/** What to read of a file. */
export interface FilePart {
  /** Bytes before it. */
  readonly offset: number;
  readonly maxBytes: number;
  readonly flags?: number;
}

/** Part of a regular file, cut at its end; undefined when none is there, or none that we may read. */
export function readOwnFile(
  path: string,
  { offset, maxBytes, flags = UNFOLLOWED }: FilePart,
): Uint8Array<ArrayBuffer> | undefined {
  const file = ifReadable(() => openSync(path, flags));
  if (file === undefined) return undefined;
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    const bytes = new Uint8Array(Math.max(0, Math.min(maxBytes, stats.size - offset)));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}

/** Largest file that is read as a text: notes of ours, which have some hundred bytes. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** A whole small file as UTF-8; undefined as above. */
export function readOwnText(path: string): string | undefined {
  const bytes = readOwnFile(path, { offset: 0, maxBytes: MAX_TEXT_BYTES });
  return bytes === undefined ? undefined : Buffer.from(bytes.buffer, 0, bytes.length).toString('utf8');
}

const FOR_EMPTYING = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Takes all bytes out of a regular file that has no other name; false when it is none. */
export function emptyOwnFile(path: string): boolean {
  const file = ifReadable(() => openSync(path, FOR_EMPTYING));
  if (file === undefined) return false;
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.nlink !== 1) return false;
    ftruncateSync(file, 0);
    return true;
  } finally {
    closeSync(file);
  }
}

/** Its facts; undefined when there is no regular file. */
export function statOwnFile(path: string): Stats | undefined {
  const stats = ifReadable(() => lstatSync(path, { throwIfNoEntry: false }));
  return stats?.isFile() === true ? stats : undefined;
}

function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && NO_FILE_CODES.includes(String(thrown.code))) return undefined;
    throw thrown;
  }
}
