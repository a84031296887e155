// What Git says of a datakit's folder. A folder outside of any repository has no facts; that is no error.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GitFacts {
  /** The last commit that touched the folder; undefined when none did. */
  readonly revision: string | undefined;
  /** Files of the folder differ from that commit, ignored ones left out. */
  readonly isModified: boolean;
  /** Tags of the commit that is checked out. */
  readonly tags: readonly string[];
}

/** Git itself waits for locks and slow disks; what takes longer hangs. */
const TIMEOUT_MS = 30_000;

/** Asks the git program; without it, nothing is known. */
export async function readGitFacts(folder: string): Promise<GitFacts> {
  const git = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...words], { timeout: TIMEOUT_MS });
    return stdout.trim();
  };
  try {
    const revision = (await git('log', '-1', '--format=%H', '--', '.')) || undefined;
    const status = revision === undefined ? '' : await git('status', '--porcelain', '--', '.');
    const tags = (await git('tag', '--points-at', 'HEAD')).split('\n').filter(Boolean);
    return { revision, isModified: status !== '', tags };
  } catch {
    return { revision: undefined, isModified: false, tags: [] };
  }
}
