// A real command, in a process group of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProcess, isProcessAlive } from '../host/process-identity.ts';
import { type DeployCommand, type DesiredDeploy, runDeployCommand } from './deploy-command.ts';

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RELEASE = {
  id: 'a'.repeat(64),
  version: 'v1.3.3',
  gitSha: 'c'.repeat(40),
  datakits: [{ name: 'kit', version: '1.0.0', digest: `sha256:${'d'.repeat(64)}` }],
};

function deploy(
  script: string,
  more: Partial<DeployCommand> = {},
  release: DesiredDeploy = RELEASE,
  signal = new AbortController().signal,
) {
  const environmentVariables = { PATH: process.env.PATH, OWN: 'own' };
  return runDeployCommand(release, {
    deploy: { command: ['sh', '-c', script], timeoutSeconds: 30, environmentVariables, ...more },
    environment: 'int',
    projectFolder: folder,
    stateFolder: folder,
    log: (line) => lines.push(line),
    signal,
  });
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('is told of the release, and runs once for it', async () => {
  const script =
    'echo "$ENVIRONMENT $TOWPATH_RELEASE $TOWPATH_RELEASE_COMMIT $OWN $HOME." >>told; echo out; echo err >&2';
  await deploy(script);
  await deploy(script);
  expect(read('told')).toBe(`int v1.3.3 ${RELEASE.gitSha} own .\n`);
  expect(lines).toEqual([expect.stringContaining('v1.3.3: running sh -c'), 'deploy: out', 'deploy: err']);
  await deploy('echo "$TOWPATH_RELEASE_DATAKITS" >>told', {}, { ...RELEASE, id: 'b'.repeat(64) });
  expect(JSON.parse(read('told').split('\n')[1] ?? '')).toEqual(RELEASE.datakits);
});

test('A79 declared without a plan, it is not run where a plan was approved', async () => {
  const deployPlan = { id: 'p', promotionId: 'q', sha256: 'e'.repeat(64), isOwn: true };
  const release = { ...RELEASE, deployPlan };
  await expect(deploy('echo ran >>told', {}, release)).rejects.toMatchObject({
    code: expect.stringMatching(/^DEPLOY_PLAN_/),
  });
  await deploy('echo ran >>told', {}, { ...release, deployPlan: { ...deployPlan, isOwn: false } });
  expect(() => read('told')).toThrow('ENOENT');
});

test('a line that is too long is left out whole: a piece of it could hold half of a secret', async () => {
  await deploy('echo before; head -c 40000 /dev/zero | tr "\\0" x; echo; echo after');
  expect(lines.slice(1)).toEqual([
    'deploy: before',
    'deploy: (a line of more than 32768 characters is left out)',
    'deploy: after',
  ]);
});

test('is its failure, and runs again the next time', async () => {
  const failing = 'echo once >>told; exit 3';
  await expect(deploy(failing)).rejects.toMatchObject({
    code: 'DEPLOY_COMMAND_FAILED',
    message: expect.stringContaining('3'),
  });
  await deploy('echo again >>told');
  expect(read('told')).toBe('once\nagain\n');
  // Back to what ran before is another release again.
  await deploy('echo back >>told', {}, { ...RELEASE, id: 'b'.repeat(64) });
  await deploy('echo forth >>told');
  expect(read('told')).toBe('once\nagain\nback\nforth\n');
});

test('takes no longer than it may, with all that it started', async () => {
  const script = 'sleep 1000 & echo $! >pid; wait';
  await expect(deploy(script, { timeoutSeconds: 1 })).rejects.toThrow(/longer than 1 s/);
  await waitFor('what it started to end', 10_000, () => findProcess(Number(read('pid'))) === undefined);
});

test('ends with the agent', async () => {
  const closing = new AbortController();
  const running = deploy('echo $$ >pid; sleep 1000', {}, RELEASE, closing.signal);
  const pid = await waitFor('it to run', 10_000, () => Number(read('pid')) || undefined);
  closing.abort(new Error('closing'));
  await expect(running).rejects.toThrow('closing');
  await waitFor('it to end', 10_000, () => findProcess(pid) === undefined);
});

test('whose program is missing is said', async () => {
  await expect(deploy('', { command: ['no-such-program'] })).rejects.toMatchObject({ code: 'DEPLOY_COMMAND_MISSING' });
});

test('that an agent which was killed left running is ended before it runs again', async () => {
  const left = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  left.unref();
  const running = await waitFor('it to run', 10_000, () => findProcess(left.pid ?? 0));
  writeFileSync(join(folder, 'deployed.json'), JSON.stringify({ releaseId: null, running }));
  await deploy('echo ran >told');
  expect([isProcessAlive(running), read('told')]).toEqual([false, 'ran\n']);
});

test('is over when it is, whatever holds its output open, and however much it prints', async () => {
  const script = "setsid sh -c 'echo $$ >pid; sleep 1000' & head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last";
  await deploy(script);
  expect(lines.at(-1)).toBe('deploy: last');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_100);
  process.kill(-(await waitFor('it to run', 10_000, () => Number(read('pid')) || undefined)), 'SIGKILL');
});
