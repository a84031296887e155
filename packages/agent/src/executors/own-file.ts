// Opening what lies in an attempt's folder. The attempt may have put anything there: a FIFO would block one of the few
// threads that read files for the whole agent, for ever, and a link leads to what is not the attempt's.
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';

/** What opening says when there is nothing, no file, or nothing that we may read. */
const NO_FILE_CODES = ['ENOENT', 'ENXIO', 'ELOOP', 'EACCES', 'ENOTDIR', 'EISDIR'];

/** A link is no file of the attempt's own, except where a contract allows one. */
const UNFOLLOWED = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
export const FOLLOWING_LINKS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Opens a regular file to read; undefined when none is there, or none that we may read. The caller closes it. */
export async function openOwnFile(path: string, flags = UNFOLLOWED): Promise<FileHandle | undefined> {
  const file = await ifReadable(() => open(path, flags));
  if (file === undefined || (await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

/** The same in one go; undefined as above. */
export async function readOwnFile(path: string): Promise<Buffer | undefined> {
  const file = await openOwnFile(path);
  return file?.readFile().finally(() => file.close());
}

/** Its facts; undefined when there is no regular file. */
export async function statOwnFile(path: string): Promise<Stats | undefined> {
  const stats = await ifReadable(() => lstat(path));
  return stats?.isFile() === true ? stats : undefined;
}

async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && NO_FILE_CODES.includes(String(thrown.code))) return undefined;
    throw thrown;
  }
}
