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
  /** Files and folders that Git is told to ignore, relative to the folder, with `/`: no commit has them. */
  readonly ignored: readonly string[];
}

/** Git itself waits for locks and slow disks; what takes longer hangs. */
const TIMEOUT_MS = 30_000;
/** Of many files that are ignored one by one. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Asks the git program; without it, nothing is known. */
export async function readGitFacts(folder: string): Promise<GitFacts> {
  const git = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...words], {
      timeout: TIMEOUT_MS,
      maxBuffer: LONGEST_ANSWER,
    });
    return stdout.trim();
  };
  try {
    const revision = (await git('log', '-1', '--format=%H', '--', '.')) || undefined;
    const status = revision === undefined ? '' : await git('status', '--porcelain', '--', '.');
    const tags = (await git('tag', '--points-at', 'HEAD')).split('\n').filter(Boolean);
    const ignored = (await git('ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'))
      .split('\0')
      .map((path) => path.replace(/\/$/, ''))
      .filter(Boolean);
    return { revision, isModified: status !== '', tags, ignored };
  } catch {
    return { revision: undefined, isModified: false, tags: [], ignored: [] };
  }
}
