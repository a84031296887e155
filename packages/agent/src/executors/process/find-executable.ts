// Which file a command's first word means. Resolved here and given to the shell as a path, so that no builtin or
// function of the shell can ever be meant instead.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** Path of the executable; undefined when no folder of `path` has it. A word with a `/` is relative to `folder`. */
export function findExecutable(word: string, path: string, folder: string): string | undefined {
  if (word.includes('/')) return keepExecutable(resolve(folder, word));
  for (const entry of path.split(delimiter)) {
    // An empty entry means the current folder to a shell, which is never what was meant.
    const found = entry === '' ? undefined : keepExecutable(resolve(folder, entry, word));
    if (found !== undefined) return found;
  }
  return undefined;
}

function keepExecutable(path: string): string | undefined {
  try {
    // Absent in most folders, for which an exception would be a high price.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    // Not ours to execute: the search goes on, as in a shell.
    return undefined;
  }
}
