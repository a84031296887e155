import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

const PROJECT = `name: finks
variables: { API_TOKEN: { type: string, secret: true } }
environments: { int: { kind: shared, secrets: { provider: file, folder: secrets } } }
`;

let project: DoctorProject;
const variables = () => ({
  ...{ PATH: process.env.PATH ?? '', HOME: project.folder, GIT_CONFIG_NOSYSTEM: '1', ENVIRONMENT: 'int' },
});
const git = (...args: string[]) => execFileSync('git', args, { cwd: project.folder, env: variables(), stdio: 'pipe' });
const check = async () => {
  const { code, findings } = await project.run('secret-files', variables());
  return [code, ...findings.map((finding) => `${finding.code} ${finding.fix}`)];
};

beforeEach(() => {
  project = createDoctorProject(PROJECT);
  project.write('config/.env.int', 'API_TOKEN=secret://api#token\n');
  project.write('secrets/api', '{"token":"hunter2"}');
});
afterEach(() => project.remove());

it('A98 secrets in the project that Git has, or would take, are a problem', async () => {
  expect(await check()).toEqual([0]);
  git('init', '--quiet');
  expect(await check()).toEqual([1, 'SECRETS_NOT_IGNORED Add secrets to .gitignore.']);
  project.write('.gitignore', 'secrets/\n');
  expect(await check()).toEqual([0]);
  git('add', '--force', 'secrets');
  expect(await check()).toEqual([1, expect.stringMatching(/^SECRETS_IN_GIT .*git rm -r --cached secrets/)]);
});

it('A98 an environment file counts when a secret itself stands in it', async () => {
  git('init', '--quiet');
  project.write('.gitignore', 'secrets/\n');
  expect(await check()).toEqual([0]);
  project.write('config/.env.int', 'API_TOKEN=hunter2-hunter2\n');
  expect(await check()).toEqual([1, 'SECRETS_NOT_IGNORED Add config/.env.int to .gitignore.']);
});
