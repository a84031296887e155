// Files that hold secrets of the environment, and lie in the project: Git must not have them, nor take them with the next `add`.
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Check, CheckedEnvironment, CheckSubject, Finding } from './check.ts';
import { runGit } from './run-git.ts';

/** Does Git leave out what holds secrets: the folder of provider `file`, and environment files with a secret in them? */
export const checkSecretFiles: Check = async (subject) => {
  const { environment } = subject.selection;
  const { projectFolder } = subject;
  const paths = environment && projectFolder ? listSecretFiles(environment, projectFolder) : [];
  const findings = await Promise.all(paths.map((path) => checkPath(subject, projectFolder ?? '', path)));
  const told = findings.filter((finding) => finding !== undefined);
  return told.length > 0 ? told : [{ subject: 'secret files', status: 'ok', text: 'none that Git would take' }];
};

/** Relative to the project; only what is there, and not what lies elsewhere. */
function listSecretFiles({ configuration }: CheckedEnvironment, projectFolder: string): readonly string[] {
  const { name, secrets } = configuration.environment;
  const hasSecret = [...configuration.values.values()].some(
    ({ isSecret, source, secretReference }) => isSecret && source === 'envFile' && secretReference === undefined,
  );
  const folder = secrets?.provider === 'file' ? secrets.options.folder : undefined;
  const named = [
    ...(typeof folder === 'string' ? [folder] : []),
    `config/.env.${name}.secrets`,
    ...(hasSecret ? [`config/.env.${name}`] : []),
  ];
  return named
    .map((path) => relative(projectFolder, resolve(projectFolder, path)))
    .filter((path) => path !== '' && !path.startsWith('..') && existsSync(resolve(projectFolder, path)));
}

async function checkPath(subject: CheckSubject, cwd: string, path: string): Promise<Finding | undefined> {
  const tracked = await runGit(subject, cwd, ['ls-files', '-z', '--', path]);
  // Without Git, or outside of a repository, nothing can be taken.
  if (tracked === 'absent' || tracked === 'late' || tracked.code !== 0) return undefined;
  if (tracked.out !== '') return inGit(path);
  const waiting = await runGit(subject, cwd, ['ls-files', '-z', '--others', '--exclude-standard', '--', path]);
  return waiting === 'absent' || waiting === 'late' || waiting.out === '' ? undefined : notIgnored(path);
}

function inGit(path: string): Finding {
  return {
    subject: 'secret files',
    status: 'problem',
    text: `Git has ${path}, which holds secrets.`,
    fix: `Change the secrets, since whoever has the repository has them; then: git rm -r --cached ${path}, and add it to .gitignore.`,
    code: 'SECRETS_IN_GIT',
  };
}

function notIgnored(path: string): Finding {
  return {
    subject: 'secret files',
    status: 'problem',
    text: `${path} holds secrets, and the next \`git add\` takes it.`,
    fix: `Add ${path} to .gitignore.`,
    code: 'SECRETS_NOT_IGNORED',
  };
}
