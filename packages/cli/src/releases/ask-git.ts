// The commit that a release is built from, asked of the git binary.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TowpathError } from '@towpath/core';

const run = promisify(execFile);

/** A status of a large repository on a cold disk. */
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
/** An error that names more helps nobody. */
const MAX_NAMED = 10;

/**
 * The commit whose files the folder holds, in hex.
 *
 * @throws TowpathError `GIT_UNAVAILABLE`, `RELEASE_UNCOMMITTED` when the folder holds something else than the commit
 */
export async function getCommit(folder: string): Promise<string> {
  const changed = (await ask(folder, ['status', '--porcelain', '--untracked-files=all', '--', '.'])).split('\n');
  const left = changed.filter((line) => line !== '');
  if (left.length > 0) throw uncommitted(left);
  return (await ask(folder, ['rev-parse', 'HEAD'])).trim();
}

async function ask(folder: string, args: readonly string[]): Promise<string> {
  try {
    const options = { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
    return (await run('git', [...args], options)).stdout;
  } catch (thrown) {
    throw unavailable(folder, thrown);
  }
}

function unavailable(folder: string, thrown: unknown): TowpathError {
  const words = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).trim() : '';
  return new TowpathError(
    {
      code: 'GIT_UNAVAILABLE',
      message: `The commit of ${folder} can not be found.`,
      cause: words || (thrown instanceof Error ? thrown.message : String(thrown)),
      fix: 'A release is built from a commit: run this in a Git repository with at least one.',
    },
    { cause: thrown },
  );
}

function uncommitted(lines: readonly string[]): TowpathError {
  const more = lines.length > MAX_NAMED ? ` and ${lines.length - MAX_NAMED} more` : '';
  return new TowpathError({
    code: 'RELEASE_UNCOMMITTED',
    message: 'The folder holds changes that no commit has.',
    cause: `${lines
      .slice(0, MAX_NAMED)
      .map((line) => line.trim())
      .join(', ')}${more}.`,
    fix: 'Commit them, or put them aside; what is in no commit can not be promoted.',
  });
}
