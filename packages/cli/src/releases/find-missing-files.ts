// What a commit has and a folder has not: Git can be told to leave files out of the folder, or to overlook that they are gone. A release
// would lack what they hold.
import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Commit, nameFile } from './ask-git.ts';
import type { Entry } from './list-entries.ts';

/** Those of the entries that the disk does not have as what they are. */
export function findMissingFiles({ root }: Commit, entries: ReadonlyMap<string, Entry>): readonly string[] {
  return [...entries].flatMap(([path, { kind }]) => {
    const found = findKind(join(root, path));
    if (found === undefined) return [`${nameFile(path)} (missing)`];
    return kind === 'file' && found !== 'file' ? [`${nameFile(path)} (otherwise than in the commit)`] : [];
  });
}

function findKind(path: string): 'file' | 'other' | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found) return found.isFile() ? 'file' : 'other';
  // Names that are no UTF-8 can't be looked up, only listed.
  return path.includes('\uFFFD') && listNames(dirname(path)).some((name) => path.endsWith(`/${name}`))
    ? 'file'
    : undefined;
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
