// What Git says of a datakit's folder. A folder outside of any repository has no facts; that is no error.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GitFacts {
  /** The last commit that touched the folder; undefined when none did. */
  readonly revision: string | undefined;
  /** Files of the folder are in no commit, or differ from theirs; ignored ones left out. */
  readonly isModified: boolean;
  /** Tags of the commit that is checked out. */
  readonly tags: readonly string[];
  /** Files and folders that Git is told to ignore, relative to the folder, with `/`: no commit has them. */
  readonly ignored: readonly string[];
}

/** Of a folder outside of any repository. */
const NO_FACTS: GitFacts = { revision: undefined, isModified: false, tags: [], ignored: [] };

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
  const isInside = await git('rev-parse', '--is-inside-work-tree').catch(() => 'false');
  if (isInside !== 'true') return NO_FACTS;
  // Before the first commit there is no HEAD to ask about; then everything is in no commit.
  const head = await git('rev-parse', '--verify', 'HEAD').catch(() => undefined);
  const revision = head === undefined ? undefined : (await git('log', '-1', '--format=%H', '--', '.')) || undefined;
  if (revision === undefined && (await isIgnored(git))) return NO_FACTS;
  const status = await git('status', '--porcelain', '--', '.');
  const tags = head === undefined ? [] : (await git('tag', '--points-at', 'HEAD')).split('\n').filter(Boolean);
  const ignored = await git('ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory');
  return { revision, isModified: status !== '', tags, ignored: toPaths(ignored) };
}

/** An installed datakit lies in `node_modules`, which no commit has, and Git can't list what is ignored within such a folder. */
async function isIgnored(git: (...words: readonly string[]) => Promise<string>): Promise<boolean> {
  return await git('check-ignore', '--quiet', '.').then(
    () => true,
    () => false,
  );
}

function toPaths(listed: string): readonly string[] {
  return listed
    .split('\0')
    .map((path) => path.replace(/\/$/, ''))
    .filter(Boolean);
}
