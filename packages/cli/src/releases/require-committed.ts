// Every file that a release is made of, compared with its commit by content: `git status` says nothing of files that Git ignores, that
// it was told to take for unchanged, or that lie outside of the project's folder.
import { realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { LoadedCode } from '@towpath/agent';
import { askGit, type Commit, uncommitted } from './ask-git.ts';

/** What a release was made of. */
export interface ReleaseSources extends Pick<LoadedCode, 'outside'> {
  /** The project. */
  readonly folder: string;
  /** Relative to it. */
  readonly files: readonly string[];
}

/**
 * Compares them. Packages that are installed are none of the commit's, as long as they lie outside of the repository or in `node_modules`.
 *
 * @throws TowpathError `RELEASE_UNCOMMITTED`, `GIT_UNAVAILABLE`
 */
export async function requireCommitted(commit: Commit, { folder, files, outside }: ReleaseSources): Promise<void> {
  // Code may ask for modules that are not there.
  const read = [...files.map((file) => join(folder, file)), ...outside.reached].filter(isFile);
  const own = read.map((path) => toPlace(commit, path));
  const linked = outside.linked.map((path) => toPlace(commit, path)).filter(isWithin);
  const strange = own.filter((path) => !isWithin(path)).map((path) => `${path} (outside of the repository)`);
  const within = [...new Set([...own, ...linked].filter(isWithin))].sort();
  const committed = await listBlobs(commit, within);
  const onDisk = await hashFiles(commit, within);
  const wrong = within.flatMap((path, at) => describeProblem(path, committed.get(path), onDisk[at]));
  if (strange.length + wrong.length > 0)
    throw uncommitted('The release would hold files that are not as its commit has them.', [...wrong, ...strange]);
}

/**
 * Which of these files of a project its commit has, relative to the project with `/`.
 *
 * @throws TowpathError `GIT_UNAVAILABLE`
 */
export async function listCommitted(
  commit: Commit,
  folder: string,
  files: readonly string[],
): Promise<ReadonlySet<string>> {
  const places = files.map((file) => [file, toPlace(commit, join(folder, file))] as const);
  const blobs = await listBlobs(
    commit,
    places.map(([, place]) => place),
  );
  return new Set(places.flatMap(([file, place]) => (blobs.has(place) ? [file] : [])));
}

/** The real path relative to the repository, with `/`. */
function toPlace({ root }: Commit, path: string): string {
  return relative(root, findRealPath(path)).replaceAll(sep, '/');
}

function findRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isWithin(path: string): boolean {
  return !path.startsWith('../');
}

function describeProblem(path: string, committed: string | undefined, onDisk: string | undefined): readonly string[] {
  if (committed === undefined) return [`${path} (not in the commit)`];
  return committed === onDisk ? [] : [`${path} (otherwise than in the commit)`];
}

/** A command line holds far more; longer ones would only be slower to make. */
const PATHS_AT_ONCE = 500;

/** The hash of each file's content in the commit, by path; those it does not have are left out. */
async function listBlobs({ root, sha }: Commit, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const blobs = new Map<string, string>();
  for (let at = 0; at < paths.length; at += PATHS_AT_ONCE) {
    const some = paths.slice(at, at + PATHS_AT_ONCE);
    const listed = await askGit(root, ['ls-tree', '-r', '-z', '--full-tree', sha, '--', ...some]);
    for (const entry of listed.split('\0').filter(Boolean)) {
      const [facts = '', path = ''] = entry.split('\t');
      blobs.set(path, facts.split(' ')[2] ?? '');
    }
  }
  return blobs;
}

/** The hash that each would have in a commit: line ends and other filters of Git count as they do there. */
async function hashFiles({ root }: Commit, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  return (await askGit(root, ['hash-object', '--stdin-paths'], `${paths.join('\n')}\n`)).split('\n');
}
