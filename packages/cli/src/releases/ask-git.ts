// The commit that a release is built from, asked of the git binary.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { TowpathError } from '@towpath/core';

/** A status of a large repository on a cold disk. */
const TIMEOUT_MS = 60_000;
/** An error that names more helps nobody. */
const MAX_NAMED = 10;

/** A repository at a commit. */
export interface Commit {
  /** In hex. */
  readonly sha: string;
  /** Real path of the repository's working tree. */
  readonly root: string;
}

/**
 * The commit whose files the folder holds, as far as Git looks: see `requireCommitted` for what it does not look at.
 *
 * @throws TowpathError `GIT_UNAVAILABLE`, `RELEASE_UNCOMMITTED` when the folder holds something else than the commit
 */
export async function getCommit(folder: string): Promise<Commit> {
  const left = (
    await askGit(folder, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', '.'])
  )
    .split('\0')
    .flatMap((entry) => (entry === '' ? [] : [`${entry.slice(0, 2).trim()} ${nameFile(entry.slice(3))}`]));
  if (left.length > 0) throw uncommitted('The folder holds changes that no commit has.', left);
  const root = (await askGit(folder, ['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  return { sha: (await askGit(folder, ['rev-parse', 'HEAD'])).trim(), root };
}

/**
 * What a command of git prints about the repository as it is: objects that `git replace` puts in the place of others are not looked at,
 * and paths stand for themselves.
 *
 * @throws TowpathError `GIT_UNAVAILABLE`
 */
export async function askGit(folder: string, args: readonly string[]): Promise<string> {
  try {
    const child = spawn('git', ['--no-replace-objects', '--literal-pathspecs', ...args], {
      ...{ cwd: folder, timeout: TIMEOUT_MS },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const [out, words] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (child.exitCode !== 0) throw new Error(words.trim() || `git ${args[0]} ended with ${child.exitCode}`);
    return out;
  } catch (thrown) {
    throw unavailable(folder, thrown);
  }
}

function unavailable(folder: string, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'GIT_UNAVAILABLE',
      message: `The commit of ${folder} can not be found.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: 'A release is built from a commit: run this in a Git repository with at least one.',
    },
    { cause: thrown },
  );
}

/** A path for people: one with line ends, or with bytes that are no UTF-8, in quotes. */
export function nameFile(path: string): string {
  return /[\p{C}\uFFFD]/u.test(path) ? JSON.stringify(path) : path;
}

/** The error about files that are not as their commit has them. */
export function uncommitted(message: string, files: readonly string[]): TowpathError {
  const more = files.length > MAX_NAMED ? ` and ${files.length - MAX_NAMED} more` : '';
  return new TowpathError({
    code: 'RELEASE_UNCOMMITTED',
    message,
    cause: `${files.slice(0, MAX_NAMED).join(', ')}${more}.`,
    fix: 'Commit them, or put them aside; what is in no commit can not be promoted.',
  });
}
