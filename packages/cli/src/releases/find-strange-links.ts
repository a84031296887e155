// Links by which a release would hold other files of its commit than a checkout leads to. A loader gives the real path alone, so that the
// links are looked for on the disk: those that lead to what was read.
import { type Dirent, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Commit, nameFile } from './ask-git.ts';
import { type Entry, hashBlob } from './list-entries.ts';

/** Where links are looked for, and what counts. */
export interface LinkSearch {
  /** Real path. */
  readonly folder: string;
  /** Real path of the project, which lies in it. */
  readonly project: string;
  /** Of the commit, below the folder. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Real paths of the files that were read. */
  readonly read: ReadonlySet<string>;
}

/**
 * Those that are not as the commit has them, or leave the repository on their way. The project's links of the commit count wherever they
 * lead; others, when they lead to a file that was read, or to a folder that holds one. Installed packages are not entered.
 */
export function findStrangeLinks(commit: Commit, { folder, project, entries, read }: LinkSearch): readonly string[] {
  const places = withFolders(read);
  return listLinks(folder).flatMap((path) => {
    const place = relative(commit.root, path).replaceAll(sep, '/');
    const entry = entries.get(place);
    const isRead = places.has(findTarget(path) ?? '');
    const isOwn = entry?.kind === 'link' && path.startsWith(`${project}${sep}`);
    const problem =
      isRead || isOwn ? (compare(commit, path, entry) ?? (isRead ? follow(commit, path) : undefined)) : undefined;
    return problem === undefined ? [] : [`${nameFile(place)} (${problem})`];
  });
}

function compare(commit: Commit, path: string, entry: Entry | undefined): string | undefined {
  if (entry === undefined) return 'not in the commit';
  const isSame = entry.kind === 'link' && entry.hash === hashBlob(commit, readlinkSync(path, { encoding: 'buffer' }));
  return isSame ? undefined : 'otherwise than in the commit';
}

function follow({ root }: Commit, path: string): string | undefined {
  const next = relative(root, resolve(dirname(path), readlinkSync(path)));
  return next.split(sep)[0] === '..' ? 'leads outside of the repository' : undefined;
}

/** The files, and all folders that they lie in. */
function withFolders(files: ReadonlySet<string>): ReadonlySet<string> {
  const places = new Set(files);
  for (const path of places) places.add(dirname(path));
  return places;
}

function listLinks(folder: string): readonly string[] {
  const found = listFolder(folder).filter(({ name }) => name !== '.git' && name !== 'node_modules');
  return found.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listLinks(path);
    // A name that is no UTF-8 is none that code could read by.
    return entry.isSymbolicLink() && !entry.name.includes('\uFFFD') ? [path] : [];
  });
}

// What can't be listed can't be read either.
function listFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function findTarget(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
