// What only containers have: images, limits, secrets beside the configuration, names; and an engine that goes away.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireDocker, requireRegistry, waitFor } from '@towpath/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { type DockerSubject, openDockerSubject } from '../../testing/docker-subject.ts';
import { specify } from '../../testing/executor-contract.ts';
import * as probes from '../../testing/probes.ts';
import type { AttemptSpecification, HeldAttempt } from '../executor.ts';
import { toContainerName } from './container-spec.ts';
import { findContainer } from './containers.ts';
import type { DockerExecutorOptions } from './docker-executor.ts';

const docker = requireDocker();
const run = promisify(execFile);

const subjects: DockerSubject[] = [];
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const subject of subjects.splice(0)) await subject.close();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function open(more: Partial<DockerExecutorOptions> = {}): Promise<DockerSubject> {
  const subject = await openDockerSubject(docker, more);
  subjects.push(subject);
  return subject;
}

async function start(
  subject: DockerSubject,
  sh: string,
  more: Partial<AttemptSpecification> = {},
): Promise<HeldAttempt> {
  return await subject.executor.start(await specify('command', probes.script(sh), subject.folder, more));
}

async function startWords(subject: DockerSubject, argv: readonly string[]): Promise<HeldAttempt> {
  const specification = await specify('command', probes.SLEEPS, subject.folder, { work: { kind: 'command', argv } });
  return await subject.executor.start(specification);
}

/** Pushes the test image under this name, as somebody who is logged in. */
async function publish(
  reference: string,
  { host, username, password }: { readonly host: string; readonly username: string; readonly password: string },
): Promise<void> {
  const config = await mkdtemp(join(tmpdir(), 'docker-config-'));
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  await run('docker', ['tag', docker.image, reference]);
  await run('docker', ['--config', config, 'push', '--quiet', reference]);
  await run('docker', ['image', 'rm', reference]);
  await rm(config, { recursive: true });
}

describe.skipIf(docker.reason !== undefined)(`on a Docker engine (${docker.reason ?? 'which is there'})`, () => {
  test('A20 A21 docker: every word of the command arrives as it was given', async () => {
    const words = ["it's", 'two words', '"quoted"', '', '$HOME', '*', ';exit 3', 'line\nbreak', 'ünïcode', '--', '-n'];
    const long = 'x'.repeat(100_000);
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const attempt = await startWords(await open(), ['node', '-e', script, '--', ...words, long]);
    expect((await attempt.ended).outcome).toBe('succeeded');
    expect(JSON.parse(await readOutput(attempt))).toEqual([...words, long]);
  });

  test('a command that the image lacks is START_FAILED, and a command may end with 127 itself', async () => {
    const subject = await open();
    const missing = await startWords(subject, ['no-such-command']);
    expect(await missing.ended).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED' });
    expect(await readOutput(missing)).toContain('error COMMAND_MISSING: The image has no command "no-such-command".');
    expect(await (await start(subject, 'exit 127')).ended).toMatchObject({ outcome: 'failed', exitCode: 127 });
  });

  test('A25 docker: that needs more memory than it may use ends as OUT_OF_MEMORY', async () => {
    const subject = await open({ settings: { instanceId: '', memoryMiB: 64 } });
    const hungry = 'const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1));';
    const attempt = await startWords(subject, ['node', '-e', hungry]);
    expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 137, reasonCode: 'OUT_OF_MEMORY' });
  });

  test('gets the processors it may use', async () => {
    const subject = await open({ settings: { instanceId: '', cpu: 0.5 } });
    const attempt = await start(subject, 'cat /sys/fs/cgroup/cpu.max || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us');
    await attempt.ended;
    expect(await readOutput(attempt)).toMatch(/^50000\b/m);
  });

  test('A25 docker: an image that is in no registry is IMAGE_MISSING', async () => {
    const subject = await open({
      chooseImage: () => ({ reference: `towpath-test/${randomUUID()}:1`, mayBeLocal: true }),
    });
    const attempt = await start(subject, 'true');
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
    expect(await readOutput(attempt)).toContain('error IMAGE_MISSING');
  });

  test('A25 docker: an image that was never built here, of a registry that is not there, says to build it', async () => {
    const reference = `localhost:1/datakits/never-built-${randomUUID().slice(0, 8)}:1.0.0`;
    const subject = await open({ chooseImage: () => ({ reference, mayBeLocal: true }) });
    const attempt = await start(subject, 'true');
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
    expect(await readOutput(attempt)).toMatch(/error IMAGE_MISSING[\s\S]*datakit build/);
  });

  test('A14 A25 docker: a private registry gives its image to who is logged in, and says no to others', async ({
    skip,
  }) => {
    const { guarded, username, password } = requireRegistry({ skip });
    const reference = `${guarded}/datakit-test-${randomUUID().slice(0, 8)}/probe:1.0.0`;
    await publish(reference, { host: guarded, username, password });
    const chooseImage = () => ({ reference, mayBeLocal: false });
    const refused = await start(await open({ chooseImage }), 'true');
    expect(await refused.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
    expect(await readOutput(refused)).toContain('error IMAGE_PULL_UNAUTHORISED');
    const subject = await open({ chooseImage, findCredentials: async () => ({ username, password }) });
    const attempt = await start(subject, 'true');
    expect(await attempt.ended, await readOutput(attempt)).toMatchObject({ outcome: 'succeeded' });
    expect(attempt.getImage()).toEqual({ reference, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  });

  test('A25 docker: cancelled while its image is pulled, it ends at once and nothing of it is left', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    cleanUps.push(async () => silent.close());
    const port = await waitFor('a port', 5_000, async () => {
      const address = silent.address();
      return typeof address === 'object' && address !== null ? address.port : undefined;
    });
    const subject = await open({
      chooseImage: () => ({ reference: `localhost:${port}/datakits/slow:1`, mayBeLocal: true }),
    });
    const attempt = await start(subject, 'true');
    attempt.cancel();
    expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: null });
    expect(await findContainer(subject.engine, toContainerName(attempt.attemptId))).toBeUndefined();
    const unstarted = await start(subject, 'true');
    unstarted.detach();
    const leftovers = await (await subject.openNext()).listLeftovers();
    expect(leftovers).toContainEqual(expect.objectContaining({ attemptId: unstarted.attemptId, isStarted: false }));
  });

  test('A25 docker: that somebody removes is lost, and says so', async () => {
    const subject = await open();
    const attempt = await start(subject, 'echo up; sleep 1000');
    await waitForOutput(attempt, 'up');
    await run('docker', ['rm', '--force', toContainerName(attempt.attemptId)]);
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'CONTAINER_LOST' });
  });

  test('a container of that name that is not ours is left alone', async () => {
    const subject = await open();
    const specification = await specify('command', probes.SLEEPS, subject.folder);
    const name = toContainerName(specification.attemptId);
    await run('docker', ['create', '--name', name, docker.image, 'true']);
    cleanUps.push(() => run('docker', ['rm', name]));
    const attempt = await subject.executor.start(specification);
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
    expect(await readOutput(attempt)).toContain('error CONTAINER_NAME_TAKEN');
    await attempt.remove();
    expect(await findContainer(subject.engine, name)).toMatchObject({ status: 'created' });
  });

  test('secrets reach the command, and stand neither in the configuration of the container nor in a file of it', async () => {
    const subject = await open();
    const secret = `it's "se\ncret" $HOME ${randomUUID()}`;
    const attempt = await start(subject, 'printf %s "$API_TOKEN" | sha256sum; ls /towpath/run; echo up; sleep 1000', {
      environmentVariables: { API_TOKEN: secret, PLAIN: 'plain' },
      secretNames: new Set(['API_TOKEN']),
    });
    await waitForOutput(attempt, 'up');
    const name = toContainerName(attempt.attemptId);
    const { stdout: inspected } = await run('docker', ['inspect', name]);
    expect(inspected).toContain('PLAIN=plain');
    expect(inspected).not.toContain('API_TOKEN=');
    expect(inspected).not.toContain(secret.slice(-36));
    const { stdout: expected } = await run('sh', ['-c', 'printf %s "$1" | sha256sum', 'sh', secret]);
    const output = await readOutput(attempt);
    expect(output).toContain(expected);
    expect(output).not.toContain('secrets');
    const files = ['set -e; docker export "$1"; docker cp "$1":/towpath -', 'sh', name];
    const { stdout: everything } = await run('sh', ['-c', ...files], { encoding: 'buffer', maxBuffer: 2 ** 30 });
    expect(everything.includes('towpath/run/inputs.json')).toBe(true);
    expect(everything.includes(secret.slice(-36))).toBe(false);
    await attempt.remove();
  });

  test('A22 docker: is found by its run id, and the newest of a datakit by a name that stays, also after its end', async () => {
    const subject = await open({ keepEndedMs: 3_600_000 });
    const datakit = `probe-${randomUUID().slice(0, 8)}`;
    const variables = (runId: string) => ({
      environmentVariables: { DATAKIT_NAME: datakit, TOWPATH_RUN_ID: runId },
    });
    const first = await start(subject, 'echo first; sleep 1000', variables('run-1'));
    await waitForOutput(first, 'first');
    const second = await start(subject, 'echo second', variables('run-2'));
    await second.ended;
    await second.remove();
    const { stdout: found } = await run('docker', [
      'ps',
      '-q',
      '--no-trunc',
      '--filter',
      'label=dev.towpath.run-id=run-1',
    ]);
    expect(found.trim()).toBe((await findContainer(subject.engine, toContainerName(first.attemptId)))?.id);
    expect((await run('docker', ['logs', `datakit-${datakit}`])).stdout).toBe('second\n');
    const third = await start(subject, 'echo third', variables('run-3'));
    await third.ended;
    expect((await run('docker', ['logs', `datakit-${datakit}`])).stdout).toBe('third\n');
    expect(await findContainer(subject.engine, toContainerName(second.attemptId))).toBeUndefined();
    await first.remove();
    await third.remove();
  });

  test('A22 docker: what is kept after its end goes when its time is over', async () => {
    const subject = await open({ keepEndedMs: 0 });
    const datakit = `probe-${randomUUID().slice(0, 8)}`;
    const attempt = await start(subject, 'true', { environmentVariables: { DATAKIT_NAME: datakit } });
    await attempt.ended;
    await attempt.remove();
    expect(await findContainer(subject.engine, `datakit-${datakit}`)).toBeUndefined();
    const { stdout: volumes } = await run('docker', [
      'volume',
      'ls',
      '-q',
      '--filter',
      `label=dev.towpath.instance=${subject.instanceId}`,
    ]);
    expect(volumes).toBe('');
  });

  test('volumes that an image declares go with the container', async () => {
    const image = `towpath-test/volume-${randomUUID().slice(0, 8)}:1`;
    const { stdout: made } = await run('docker', ['create', docker.image, 'true']);
    await run('docker', ['commit', '--change', 'VOLUME /data', made.trim(), image]);
    await run('docker', ['rm', made.trim()]);
    cleanUps.push(() => run('docker', ['rmi', image]));
    const subject = await open({ chooseImage: () => ({ reference: image, mayBeLocal: true }) });
    const attempt = await start(subject, 'echo up; sleep 1000');
    await waitForOutput(attempt, 'up');
    const format = '{{range .Mounts}}{{if eq .Destination "/data"}}{{.Name}}{{end}}{{end}}';
    const { stdout } = await run('docker', ['inspect', '--format', format, toContainerName(attempt.attemptId)]);
    expect(stdout.trim()).toMatch(/^[0-9a-f]{64}$/);
    attempt.cancel();
    await attempt.ended;
    await attempt.remove();
    await expect(run('docker', ['volume', 'inspect', stdout.trim()])).rejects.toThrow(/no such volume/i);
  });

  test('A22 docker: reaches services by name in the network of the environment', async () => {
    const network = `towpath-test-${randomUUID().slice(0, 8)}`;
    await run('docker', ['network', 'create', network]);
    cleanUps.push(() => run('docker', ['network', 'rm', network]));
    const serve = "require('node:net').createServer((socket) => socket.end('hello from the warehouse')).listen(5432)";
    const words = ['run', '--detach', '--init', '--network', network, '--network-alias', 'warehouse', docker.image];
    const { stdout } = await run('docker', [...words, 'node', '-e', serve]);
    cleanUps.push(() => run('docker', ['rm', '--force', stdout.trim()]));
    const subject = await open({ settings: { instanceId: '', network } });
    const ask = `const socket = require('node:net').connect(5432, 'warehouse'); socket.on('error', () => process.exit(75)); socket.pipe(process.stdout)`;
    const attempt = await startWords(subject, ['node', '-e', ask]);
    expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
    expect(await readOutput(attempt)).toBe('hello from the warehouse');
    await attempt.remove();
  });

  test("A22 docker: another agent's newest container of a datakit gets the name once the older one has ended", async () => {
    const datakit = `kit-${randomUUID().slice(0, 8)}`;
    const environmentVariables = { DATAKIT_NAME: datakit };
    const [mine, theirs] = [await open(), await open()];
    const first = await start(mine, 'echo first', { environmentVariables });
    await first.ended;
    const second = await start(theirs, 'echo second; sleep 1000', { environmentVariables });
    await waitForOutput(second, 'second');
    const readLogs = async () => (await run('docker', ['logs', `datakit-${datakit}`])).stdout;
    await waitFor('the name to move', 10_000, async () => (await readLogs()) === 'second\n');
    const third = await start(mine, 'echo third', { environmentVariables });
    await third.ended;
    expect(await readLogs(), 'who runs keeps it').toBe('second\n');
    await second.cancel();
    await second.ended;
    for (const attempt of [first, second, third]) await attempt.remove();
  });

  test('A20 docker: 200 MB of binary output arrive byte for byte, through two agents', async () => {
    const subject = await open();
    const flood = `for (let i = 0; i < 200; i++) { const b = Buffer.alloc(1e6, i * 11 + 3); for (let at = 0; at < b.length; ) at += require('node:fs').writeSync(1 + (i % 2), b, at); } require('node:fs').writeSync(1, '\\nno newline')`;
    const first = await startWords(subject, ['node', '-e', flood]);
    await waitFor('some output', 20_000, async () => (await first.log.size()) > 5e6);
    first.detach();
    const attempt = await (await subject.openNext()).adopt(first.attemptId, 2);
    expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
    const own = Buffer.byteLength('[LOCAL] first line\n');
    expect(await attempt.log.size()).toBe(own + 200e6 + 11);
    for (const at of [0, 57, 133, 199]) {
      const bytes = Buffer.from(await attempt.log.read(own + at * 1e6, 1e6));
      expect(bytes.equals(Buffer.alloc(1e6, at * 11 + 3))).toBe(true);
    }
  });
});
