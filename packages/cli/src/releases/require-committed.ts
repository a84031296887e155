// Every file that a release is made of, compared with its commit by its bytes: `git status` says nothing of files that Git ignores, that
// it was told to take for unchanged, that a filter makes the same, or that lie outside of the project's folder.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { LoadedCode } from '@towpath/agent';
import { type Commit, nameFile, uncommitted } from './ask-git.ts';
import { findMissingFiles } from './find-missing-files.ts';
import { findStrangeLinks } from './find-strange-links.ts';
import { type Entry, hashBlob, listEntries } from './list-entries.ts';

/** What a release was made of. */
export interface ReleaseSources extends Pick<LoadedCode, 'outside'> {
  /** The project. */
  readonly folder: string;
  /** Relative to it. */
  readonly files: readonly string[];
}

/**
 * Compares them, with the `package.json` that says what their names stand for, and looks whether every file of the commit lies in the
 * project's folder, and every link leads to where the commit's does. Packages that are installed are none of the commit's, as long as they
 * lie outside of the repository or in `node_modules`.
 *
 * @throws TowpathError `RELEASE_UNCOMMITTED`, `GIT_UNAVAILABLE`
 */
export async function requireCommitted(commit: Commit, { folder, files, outside }: ReleaseSources): Promise<void> {
  // Code may ask for modules that are not there.
  const read = [...files.map((file) => join(folder, file)), ...outside.reached].filter(isFile);
  const own = read.map((path) => toPlace(commit, path));
  const linked = outside.linked.map((path) => toPlace(commit, path)).filter(isWithin);
  const strange = own.filter((path) => !isWithin(path)).map((path) => `${nameFile(path)} (outside of the repository)`);
  const within = withPackageFiles(commit, [...own, ...linked].filter(isWithin));
  const committed = await listEntries(commit, within);
  const wrong = within.flatMap((path) => describeProblem(commit, path, committed.get(path)));
  const astray = await findAstray(commit, findRealPath(folder), within);
  const all = new Set([...wrong, ...strange, ...astray]);
  if (all.size > 0) throw uncommitted('The release would hold files that are not as its commit has them.', [...all]);
}

/** The nearest `package.json` of each: Node reads there what `#names` stand for, and what is a module. */
function withPackageFiles(commit: Commit, places: readonly string[]): readonly string[] {
  const folders = [...new Set(places.map((place) => dirname(place)))];
  return [...new Set([...places, ...folders.flatMap((folder) => findPackageFile(commit, folder))])].sort();
}

function findPackageFile(commit: Commit, folder: string): readonly string[] {
  const path = join(commit.root, folder, 'package.json');
  if (!existsSync(path)) return folder === '.' ? [] : findPackageFile(commit, dirname(folder));
  const place = toPlace(commit, path);
  return [isWithin(place) ? place : relative(commit.root, path).replaceAll(sep, '/')];
}

/** Of all links, those of the whole repository where files outside of the project were read. */
async function findAstray(commit: Commit, folder: string, within: readonly string[]): Promise<readonly string[]> {
  const read = new Set(within.map((place) => join(commit.root, place)));
  const isAlone = [...read].every((path) => path.startsWith(`${folder}${sep}`));
  const project = await listEntries(commit, [toPlace(commit, folder)]);
  const entries = isAlone ? project : await listEntries(commit, ['']);
  const links = findStrangeLinks(commit, { folder: isAlone ? folder : commit.root, project: folder, entries, read });
  return [...links, ...findMissingFiles(commit, project)];
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
  const places = files.map((file) => [file, toPlace(commit, folder, file)] as const);
  const entries = await listEntries(
    commit,
    places.map(([, place]) => place),
  );
  return new Set(places.flatMap(([file, place]) => (entries.has(place) ? [file] : [])));
}

/** The real path relative to the repository, with `/`; of what is below it the name. */
function toPlace({ root }: Commit, path: string, below = ''): string {
  return relative(root, join(findRealPath(path), below)).replaceAll(sep, '/');
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

function describeProblem(commit: Commit, path: string, entry: Entry | undefined): readonly string[] {
  if (entry === undefined) return [`${nameFile(path)} (not in the commit)`];
  const isSame = entry.kind === 'file' && entry.hash === hashBlob(commit, readFileSync(join(commit.root, path)));
  return isSame ? [] : [`${nameFile(path)} (otherwise than in the commit)`];
}
