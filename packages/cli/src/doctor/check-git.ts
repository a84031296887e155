// Whether Git can read the remote of the project without asking anybody: by what a CI or an agent would do, `git ls-remote`.
import { hideCredentials } from '@towpath/core';
import type { Check, Finding } from './check.ts';
import { GIT_TIMEOUT_MS, runGit } from './run-git.ts';

/** Does the remote of the project's repository let us read it? */
export const checkGit: Check = async (subject) => {
  const { projectFolder } = subject;
  if (projectFolder === undefined) return [{ subject: 'git', status: 'ok', text: 'no project here' }];
  const remotes = await runGit(subject, projectFolder, ['remote']);
  if (remotes === 'absent') return [ABSENT];
  if (remotes === 'late' || remotes.code !== 0) return [{ subject: 'git', status: 'ok', text: 'no repository here' }];
  const names = remotes.out.split('\n').filter((name) => name !== '');
  const remote = names.includes('origin') ? 'origin' : names[0];
  if (remote === undefined) return [{ subject: 'git', status: 'ok', text: 'the repository has no remote' }];
  const answer = await runGit(subject, projectFolder, ['ls-remote', '--quiet', '--', remote, 'HEAD']);
  if (answer === 'absent') return [ABSENT];
  if (answer !== 'late' && answer.code === 0)
    return [{ subject: 'git', status: 'ok', text: `remote ${remote} can be read` }];
  return [toProblem(remote, answer === 'late' ? undefined : answer.err)];
};

const ABSENT: Finding = {
  subject: 'git',
  status: 'note',
  text: 'Git is not installed, so the remote of the project was not asked.',
  fix: 'Install it if this machine is to fetch code.',
  code: 'GIT_ABSENT',
};

interface Cause {
  readonly words: RegExp;
  readonly code: string;
  readonly says: string;
  readonly fix: string;
}

/** Git ends with 128 whatever happened: only its words, which LC_ALL=C keeps English, tell one cause from another. */
const CAUSES: readonly Cause[] = [
  {
    words: /could not read (?:Username|Password)|Authentication failed|HTTP (?:Basic|401)|error: 40[13]/i,
    code: 'GIT_LOGIN_REFUSED',
    says: 'wants a login, and none that Git has is accepted',
    fix: 'Give Git a credential: `git credential approve`, a credential helper, or a deploy token of the repository.',
  },
  {
    words: /Permission denied|publickey/i,
    code: 'GIT_LOGIN_REFUSED',
    says: 'does not accept the SSH key',
    fix: 'Add the public key at the host, and load the private one: `ssh-add`; `ssh -T git@HOST` shows who you are there.',
  },
  {
    words: /Host key verification failed/i,
    code: 'GIT_HOST_UNKNOWN',
    says: 'is a host whose key is not known here',
    fix: 'Compare its key with the published one, then add it to ~/.ssh/known_hosts: `ssh-keyscan HOST`.',
  },
  {
    words: /does not appear to be a git repository|repository .*not found|does not exist/i,
    code: 'GIT_REMOTE_MISSING',
    says: 'is no repository, or one that you may not see',
    fix: 'Correct its address: `git remote set-url REMOTE ADDRESS`.',
  },
];

function toProblem(remote: string, err: string | undefined): Finding {
  if (err === undefined) {
    const text = `Remote ${remote} did not answer within ${GIT_TIMEOUT_MS / 1000} s.`;
    return { subject: 'git', status: 'problem', text, fix: UNREACHABLE_FIX, code: 'GIT_REMOTE_UNREACHABLE' };
  }
  const cause = CAUSES.find(({ words }) => words.test(err));
  const line = err.split('\n').find((text) => /^(?:fatal|error):/.test(text)) ?? '';
  const quoted = line === '' ? '' : ` Git says: ${hideCredentials(line)}`;
  return {
    subject: 'git',
    status: 'problem',
    text: `Remote ${remote} ${cause?.says ?? 'can not be read'}.${quoted}`,
    fix: cause?.fix ?? UNREACHABLE_FIX,
    code: cause?.code ?? 'GIT_REMOTE_UNREACHABLE',
  };
}

const UNREACHABLE_FIX = 'Look whether its host is up and reachable from here: `git ls-remote`.';
