import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

let project: DoctorProject;
let server: Server | undefined;
// Of nobody: neither a global configuration nor a credential helper of this machine.
const variables = () => ({ PATH: process.env.PATH ?? '', HOME: project.folder, GIT_CONFIG_NOSYSTEM: '1' });
const git = (...args: string[]) => execFileSync('git', args, { cwd: project.folder, env: variables(), stdio: 'pipe' });

beforeEach(() => {
  project = createDoctorProject('name: finks\n');
  server = undefined;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  project.remove();
});

async function listen(answers: 'refuses' | 'hangs'): Promise<number> {
  const started = createServer((_, response) => {
    if (answers === 'refuses') response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  });
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  const address = started.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('A98 nothing is said without a repository, without a remote, and of a remote that can be read', async () => {
  expect(await project.run('git', variables())).toMatchObject({ code: 0, findings: [] });
  git('init', '--quiet');
  expect(await project.run('git', variables())).toMatchObject({ code: 0, findings: [] });
  git('init', '--quiet', '--bare', 'remote.git');
  git('remote', 'add', 'origin', './remote.git');
  expect(await project.run('git', variables())).toMatchObject({ code: 0, findings: [] });
});

it('A98 a remote that wants a login is told, without asking anybody and without the password in its address', async () => {
  const port = await listen('refuses');
  git('init', '--quiet');
  git('remote', 'add', 'origin', `http://ada:pw-7361904@127.0.0.1:${port}/finks.git`);
  const { code, findings, text } = await project.run('git', variables());
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [
      {
        subject: 'git',
        code: 'GIT_LOGIN_REFUSED',
        text: expect.stringContaining('Remote origin wants a login'),
        fix: expect.stringContaining('credential'),
      },
    ],
  });
  expect(text).not.toContain('pw-7361904');
  git('remote', 'set-url', 'origin', `http://127.0.0.1:${port}/finks.git`);
  expect((await project.run('git', variables())).findings).toMatchObject([{ code: 'GIT_LOGIN_REFUSED' }]);
});

it('A98 a remote that is a missing folder is told with the command that corrects it', async () => {
  git('init', '--quiet');
  git('remote', 'add', 'upstream', './nowhere.git');
  expect(await project.run('git', variables())).toMatchObject({
    code: 1,
    findings: [
      {
        code: 'GIT_REMOTE_MISSING',
        text: expect.stringContaining('Remote upstream is no repository'),
        fix: expect.stringContaining('git remote set-url'),
      },
    ],
  });
});

it('A98 a remote that nobody serves is told with what Git says', async () => {
  const port = await listen('hangs');
  server?.close();
  git('init', '--quiet');
  git('remote', 'add', 'origin', `http://127.0.0.1:${port}/finks.git`);
  expect(await project.run('git', variables())).toMatchObject({
    code: 1,
    findings: [{ code: 'GIT_REMOTE_UNREACHABLE', text: expect.stringContaining('Git says: fatal:') }],
  });
});

it('A98 without Git it is a note', async () => {
  const answer = await project.run('git', { PATH: project.folder, HOME: project.folder });
  expect(answer).toMatchObject({ code: 0, findings: [{ status: 'note', code: 'GIT_ABSENT' }] });
});

it('A98 a remote whose host key is not known here is told with how to compare it', async () => {
  git('init', '--quiet');
  git('remote', 'add', 'origin', 'ssh://git@127.0.0.1/finks.git');
  // What OpenSSH says and how it ends then; a server of it is no part of these tests.
  const words = "#!/bin/sh\necho 'Host key verification failed.' >&2\nexit 255\n";
  project.write('ssh', words);
  const findings = await project.run('git', { ...variables(), GIT_SSH_COMMAND: `sh ${project.folder}/ssh` });
  expect(findings).toMatchObject({
    code: 1,
    findings: [{ code: 'GIT_HOST_UNKNOWN', fix: expect.stringContaining('known_hosts') }],
  });
});
