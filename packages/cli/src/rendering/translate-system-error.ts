// Errors of the operating system about files, in our words: the only foreign errors that may come from anywhere.
import { TowpathError } from '@towpath/core';

const FIXES: Readonly<Record<string, string>> = {
  EACCES: 'Make it accessible for your user, or name another one.',
  EPERM: 'Make it accessible for your user, or name another one.',
  EROFS: 'It lies on a read-only file system; name another folder.',
  ENOSPC: 'Free some space on this disk, then try again.',
  EDQUOT: 'Free some space within your quota, then try again.',
  EEXIST: 'A file stands where a folder is needed; name another one, or move the file away.',
  ENOTDIR: 'A file stands where a folder is needed; name another one, or move the file away.',
  EISDIR: 'A folder stands where a file is needed; name another one, or move the folder away.',
  ENOENT: 'Check the name; a folder on the way to it does not exist.',
};

/** Turns a file system error into `FILE_UNUSABLE`; anything else comes back as it is. */
export function translateSystemError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('syscall' in thrown)) return thrown;
  const fix = FIXES[String(thrown.code)];
  if (fix === undefined) return thrown;
  const path = 'path' in thrown ? String(thrown.path) : 'A file or the output';
  return new TowpathError(
    { code: 'FILE_UNUSABLE', message: `${path} can't be used.`, cause: thrown.message, fix },
    { cause: thrown },
  );
}
