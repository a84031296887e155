// A project folder under Git, as a team has one: everything that Git is not told to ignore is committed.
import { execFileSync } from 'node:child_process';

/** The largest history of a test; a project has some hundred small files. */
const MAX_BYTES = 256 * 1024 * 1024;

export interface GitHistory {
  /** Commits all that is not ignored; returns the commit. */
  commitAll(message: string): string;
  /** Every commit, tree and file that the repository has, as text of bytes (latin1). */
  readObjects(): string;
}

/** Makes the folder a repository, without any settings of this machine. */
export function openGitHistory(folder: string): GitHistory {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: folder, env, maxBuffer: MAX_BYTES });
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  git('init', '--quiet');
  return {
    commitAll: (message) => {
      git('add', '--all');
      git(...who, 'commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD').toString('utf8').trim();
    },
    readObjects: () => git('cat-file', '--batch-all-objects', '--batch').toString('latin1'),
  };
}
