import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNoOrphans, listGroup, listProcesses, spawnProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AttemptSpecification, Executor, HeldAttempt } from '../executor.ts';
import { createProcessExecutor } from './process-executor.ts';

let stateFolder: string;
let executor: Executor;
beforeEach(async () => {
  stateFolder = await realpath(await mkdtemp(join(tmpdir(), 'executor-')));
  // Short, so that the tests of ignored signals don't take ten seconds.
  executor = await createProcessExecutor({ stateFolder, graceMs: 500 });
});
afterEach(async () => {
  await assertNoOrphans(stateFolder);
  await rm(stateFolder, { recursive: true });
});

test('A21 every word of the command arrives as it was given', async () => {
  const words = [
    'plain',
    "it's",
    'two words',
    '"quoted"',
    '',
    '$HOME',
    '*',
    ';exit 3',
    'line\nbreak',
    'ünïcode',
    '--',
    '-n',
  ];
  const attempt = await start({
    argv: ['node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words],
  });
  expect((await attempt.ended).outcome).toBe('succeeded');
  expect(JSON.parse(await readOutput(attempt))).toEqual(words);
});

test('a shell builtin as first word means the program of that name, and nothing when there is none', async () => {
  expect((await (await start({ argv: ['false'] })).ended).exitCode).toBe(1);
  expect((await (await start({ argv: ['exit', '0'] })).ended).reasonCode).toBe('START_FAILED');
});

test('the environment is the specified one, and nothing leaks from the agent', async () => {
  process.env.SECRET_X = 'canary';
  const attempt = await start({ argv: ['env'], environmentVariables: { MSSQL_SERVER: 'a=b c', EMPTY: '' } });
  await attempt.ended;
  delete process.env.SECRET_X;
  const folder = join(stateFolder, 'attempts', attempt.attemptId);
  const lines = (await readOutput(attempt)).trim().split('\n');
  // Where sh is bash it adds SHLVL and `_` of its own.
  expect(lines.filter((line) => !/^(SHLVL|_)=/.test(line)).sort()).toEqual([
    'EMPTY=',
    'MSSQL_SERVER=a=b c',
    `PATH=${process.env.PATH}`,
    `PWD=${folder}/work`,
    `TMPDIR=${folder}/tmp`,
    `TOWPATH_RESULT=${folder}/result.json`,
  ]);
});

test('A87 the log begins with the first line of the specification', async () => {
  const attempt = await start({ argv: ['echo', 'hello'] });
  await attempt.ended;
  expect(await readLog(attempt)).toBe('[LOCAL] first line\nhello\n');
});

test('standard input is empty', async () => {
  const attempt = await start({ argv: ['sh', '-c', 'cat; echo done'] });
  await attempt.ended;
  expect(await readOutput(attempt)).toBe('done\n');
});

test.each([1, 75, 78, 255])('exit code %i is reported as it is', async (exitCode) => {
  const attempt = await start({ argv: ['sh', '-c', `exit ${exitCode}`] });
  expect(await attempt.ended).toEqual({
    outcome: 'failed',
    exitCode,
    reasonCode: 'EXIT_CODE',
    reason: `Exit code ${exitCode}.`,
    result: null,
  });
});

test('a command ended by a signal fails with 128 + signal, and the log holds only its own output', async () => {
  const attempt = await start({ argv: ['sh', '-c', 'echo before; kill -9 $$'] });
  expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 137, reasonCode: 'EXIT_CODE' });
  expect(await readOutput(attempt)).toBe('before\n');
});

test('the result document of a successful attempt is reported', async () => {
  const attempt = await start({ argv: ['sh', '-c', `printf '{"rows":3,"ä":[1.5,null]}' > "$TOWPATH_RESULT"`] });
  expect(await attempt.ended).toEqual({
    outcome: 'succeeded',
    exitCode: 0,
    reasonCode: null,
    reason: null,
    result: { rows: 3, ä: [1.5, null] },
  });
});

test('no result document is a success with an empty result', async () => {
  expect(await (await start({ argv: ['true'] })).ended).toMatchObject({ outcome: 'succeeded', result: null });
});

test.each([
  ['malformed', `printf '{"rows":' > "$TOWPATH_RESULT"`],
  ['no object', `printf '[1]' > "$TOWPATH_RESULT"`],
  ['empty', `: > "$TOWPATH_RESULT"`],
  [
    '65 deep',
    `printf '{"a":%s%s}' "$(printf '%064d' 0 | tr 0 '[')" "$(printf '%064d' 0 | tr 0 ']')" > "$TOWPATH_RESULT"`,
  ],
  ['infinite', `printf '{"a":1e400}' > "$TOWPATH_RESULT"`],
  ['not UTF-8', `printf '{"a":"\\377"}' > "$TOWPATH_RESULT"`],
  ['with a key __proto__', `printf '{"a":[{"\\u005f_proto__":1}]}' > "$TOWPATH_RESULT"`],
  ['with constructor.prototype', `printf '{"constructor":{"prototype":null}}' > "$TOWPATH_RESULT"`],
  ['a directory', `mkdir "$TOWPATH_RESULT"`],
  ['a FIFO', `mkfifo "$TOWPATH_RESULT"`],
  ['a link that leads nowhere', `ln -s nowhere "$TOWPATH_RESULT"`],
  ['4,097 bytes', `printf '{"a":"%4089s"}' x > "$TOWPATH_RESULT"`],
])('exit 0 with a result document that is %s fails as RESULT_INVALID', async (_, script) => {
  const attempt = await start({ argv: ['sh', '-c', script] });
  expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 0, reasonCode: 'RESULT_INVALID' });
});

test('a result document of 4,096 bytes is accepted', async () => {
  const attempt = await start({ argv: ['sh', '-c', `printf '{"a":"%4088s"}' x > "$TOWPATH_RESULT"`] });
  expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
});

test('20 MB of output are kept byte for byte, in order', async () => {
  const script = `
    const { writeSync } = require('node:fs');
    for (let i = 0; i < 20; i++) { const b = Buffer.alloc(1 << 20, i * 7 + 1); for (let at = 0; at < b.length; ) at += writeSync(1 + (i % 2), b, at); }`;
  const attempt = await start({ argv: ['node', '-e', script] });
  expect((await attempt.ended).outcome).toBe('succeeded');
  const expected = createHash('sha256').update('[LOCAL] first line\n');
  for (let i = 0; i < 20; i += 1) expected.update(Buffer.alloc(1 << 20, i * 7 + 1));
  expect(
    createHash('sha256')
      .update(await readFile(attempt.log.path))
      .digest('hex'),
  ).toBe(expected.digest('hex'));
});

test('a cancelled attempt gets TERM and may end in its own way', async () => {
  const attempt = await start({
    argv: ['sh', '-c', 'trap "echo cleaned; exit 3" TERM; echo up; while :; do sleep 0.05; done'],
  });
  await waitForOutput(attempt, 'up');
  attempt.cancel();
  attempt.cancel();
  expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: 3, reasonCode: 'CANCELLED' });
  // The command's own shell may remark that its `sleep` was terminated.
  expect(await readOutput(attempt)).toMatch(/^up\n(Terminated\n)?cleaned\n$/);
});

test('a cancelled attempt that ignores TERM is killed with its grandchildren', async () => {
  const script = 'trap "" TERM; (trap "" TERM; sh -c "sleep 1000; :") & echo up; while :; do sleep 1000; done';
  const attempt = await start({ argv: ['sh', '-c', script] });
  await waitForOutput(attempt, 'up');
  const groupId = await groupOf(attempt);
  attempt.cancel();
  expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: null, reasonCode: 'CANCELLED' });
  expect(listGroup(groupId)).toEqual([]);
});

test('an attempt that takes too long is ended and failed', async () => {
  const attempt = await start({ argv: ['sh', '-c', 'sleep 1000'], timeoutSeconds: 0.3 });
  expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 143, reasonCode: 'TIMED_OUT' });
});

test('what the command leaves behind is killed when it ended', async () => {
  const attempt = await start({ argv: ['sh', '-c', '(trap "" TERM HUP; sleep 1000) & exit 0'] });
  expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
  await assertNoOrphans(stateFolder);
});

test('a killed shim takes its group with it: errored, shim lost', async () => {
  const attempt = await start({ argv: ['sh', '-c', 'trap "" TERM; echo up; sleep 1000; echo after'] });
  await waitForOutput(attempt, 'up');
  const groupId = await groupOf(attempt);
  process.kill(groupId, 'SIGKILL');
  expect(await attempt.ended).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'SHIM_LOST' });
  expect(listGroup(groupId)).toEqual([]);
  expect(await readOutput(attempt)).toBe('up\n');
});

test('a command that does not exist is START_FAILED and says where it was looked for', async () => {
  const attempt = await start({ argv: ['no-such-command'], environmentVariables: { PATH: '/somewhere:/bin' } });
  const end = await attempt.ended;
  expect(end).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED' });
  expect(end.reason).toContain('Searched: /somewhere, /bin');
  expect(await readOutput(attempt)).toContain('error COMMAND_MISSING');
});

test('a file that is not executable is not the command', async () => {
  await mkdir(join(stateFolder, 'bin'));
  await writeFile(join(stateFolder, 'bin', 'tool'), '#!/bin/sh\necho ran\n');
  const environmentVariables = { PATH: `${stateFolder}/bin:/bin:/usr/bin` };
  expect((await (await start({ argv: ['tool'], environmentVariables })).ended).reasonCode).toBe('START_FAILED');
  await chmod(join(stateFolder, 'bin', 'tool'), 0o755);
  expect((await (await start({ argv: ['tool'], environmentVariables })).ended).outcome).toBe('succeeded');
});

test('the environment of an attempt is nowhere in its folder', async () => {
  const attempt = await start({ argv: ['true'], environmentVariables: { PASSWORD: 'canary-value' } });
  await attempt.ended;
  const files = await Promise.all(
    ['spec.json', 'shim.json', 'output.log'].map((name) => readFile(inFolder(attempt, name), 'utf8')),
  );
  expect(files.join('')).not.toContain('canary-value');
});

test('end of input before "go" starts nothing', async () => {
  const shim = await spawnProcess({
    command: '/bin/sh',
    args: [join(stateFolder, 'shim.sh'), stateFolder, '--', '/bin/sh', '-c', `echo started > ${stateFolder}/started`],
    input: '',
  });
  expect(await shim.waitForExit()).toEqual({ code: 0, signal: null });
  await expect(readFile(join(stateFolder, 'started'))).rejects.toThrow('ENOENT');
});

test('a leftover is adopted by the next executor, which reports its end', async () => {
  const first = await start({
    argv: ['sh', '-c', `echo up; while [ ! -e ${stateFolder}/continue ]; do sleep 0.05; done; exit 5`],
  });
  await waitForOutput(first, 'up');
  first.detach();
  const next = await createProcessExecutor({ stateFolder, graceMs: 500 });
  expect(await next.listLeftovers()).toEqual([{ attemptId: first.attemptId, epoch: 1, specHash: 'hash' }]);
  const adopted = await next.adopt(first.attemptId, 2);
  expect(await next.listLeftovers()).toMatchObject([{ epoch: 2 }]);
  await writeFile(join(stateFolder, 'continue'), '');
  expect(await adopted.ended).toMatchObject({ outcome: 'failed', exitCode: 5, reasonCode: 'EXIT_CODE' });
  expect(await readOutput(adopted)).toBe('up\n');
  await adopted.remove();
  expect(await next.listLeftovers()).toEqual([]);
});

test('a leftover that ended while nobody watched is reported from its exit file', async () => {
  const first = await start({ argv: ['sh', '-c', `printf '{"rows":1}' > "$TOWPATH_RESULT"`] });
  first.detach();
  await waitFor('exit file', 10_000, () => readFile(inFolder(first, 'exit')));
  const adopted = await (await createProcessExecutor({ stateFolder })).adopt(first.attemptId, 2);
  expect(await adopted.ended).toMatchObject({ outcome: 'succeeded', result: { rows: 1 } });
});

test('an adopted attempt keeps its time limit, can be cancelled, and is noticed when its shim is killed', async () => {
  const late = await start({ argv: ['sleep', '1000'], timeoutSeconds: 2 });
  const wanted = await start({ argv: ['sleep', '1000'] });
  const killed = await start({ argv: ['sleep', '1000'] });
  for (const attempt of [late, wanted, killed]) attempt.detach();
  const next = await createProcessExecutor({ stateFolder, graceMs: 500 });
  const adopted = await Promise.all([late, wanted, killed].map(({ attemptId }) => next.adopt(attemptId, 2)));
  adopted[1]?.cancel();
  process.kill(await groupOf(killed), 'SIGKILL');
  const ends = await Promise.all(adopted.map(({ ended }) => ended));
  expect(ends.map(({ reasonCode }) => reasonCode)).toEqual(['TIMED_OUT', 'CANCELLED', 'SHIM_LOST']);
});

test('why an attempt was ended survives the agent that ended it', async () => {
  const first = await start({ argv: ['sh', '-c', 'trap "" TERM; while :; do sleep 1000; done'] });
  first.cancel();
  await waitFor('ending', 10_000, () => readFile(inFolder(first, 'ending.json')));
  first.detach();
  const adopted = await (await createProcessExecutor({ stateFolder, graceMs: 100 })).adopt(first.attemptId, 2);
  expect(await adopted.ended).toMatchObject({ outcome: 'cancelled' });
});

test('after a restart of the host a leftover is errored, and no pid of it is signalled', async () => {
  const attempt = await start({ argv: ['sleep', '1000'] });
  attempt.detach();
  const shim = JSON.parse(await readFile(inFolder(attempt, 'shim.json'), 'utf8'));
  await writeFile(inFolder(attempt, 'shim.json'), JSON.stringify({ ...shim, bootId: 'an earlier boot' }));
  const adopted = await (await createProcessExecutor({ stateFolder })).adopt(attempt.attemptId, 2);
  expect(await adopted.ended).toMatchObject({ outcome: 'errored', reasonCode: 'HOST_RESTARTED' });
  await adopted.remove();
  expect(listGroup(shim.pid)).not.toEqual([]);
  process.kill(-shim.pid, 'SIGKILL');
});

test("a pid that now belongs to another process is not the shim's, and is left alone", async () => {
  const attempt = await start({ argv: ['sleep', '1000'] });
  attempt.detach();
  const other = await spawnProcess({ command: 'sleep', args: ['1000'] });
  const shim = JSON.parse(await readFile(inFolder(attempt, 'shim.json'), 'utf8'));
  await writeFile(inFolder(attempt, 'shim.json'), JSON.stringify({ ...shim, pid: other.pid, startTime: '1' }));
  const adopted = await (await createProcessExecutor({ stateFolder })).adopt(attempt.attemptId, 2);
  expect(await adopted.ended).toMatchObject({ reasonCode: 'SHIM_LOST' });
  await adopted.remove();
  expect(listProcesses().some(({ pid, isZombie }) => pid === other.pid && !isZombie)).toBe(true);
  await other.destroy();
  process.kill(-shim.pid, 'SIGKILL');
});

test('a discarded leftover is killed and deleted; a folder that never started is no leftover', async () => {
  const attempt = await start({ argv: ['sh', '-c', 'trap "" TERM; while :; do sleep 1000; done'] });
  attempt.detach();
  await mkdir(join(stateFolder, 'attempts', randomUUID()));
  const next = await createProcessExecutor({ stateFolder });
  expect(await next.listLeftovers()).toHaveLength(1);
  await next.discard(attempt.attemptId);
  await assertNoOrphans(stateFolder);
  expect(await next.listLeftovers()).toEqual([]);
});

test('a refused attempt has a log and an end like any other', async () => {
  const specification = specify({ argv: ['true'] });
  const attempt = await executor.refuse(specification, {
    code: 'DATAKIT_UNKNOWN',
    message: 'No datakit x.',
    cause: 'Installed: y.',
  });
  expect(await attempt.ended).toMatchObject({
    outcome: 'errored',
    reasonCode: 'START_FAILED',
    reason: 'No datakit x. Installed: y.',
  });
  expect(await readOutput(attempt)).toBe('error DATAKIT_UNKNOWN: No datakit x.\n  why: Installed: y.\n');
  await attempt.remove();
  expect(await executor.listLeftovers()).toEqual([]);
});

type Wanted = Pick<AttemptSpecification, 'argv'> & Partial<AttemptSpecification>;

function specify({ environmentVariables, ...rest }: Wanted): AttemptSpecification {
  return {
    attemptId: randomUUID(),
    epoch: 1,
    specHash: 'hash',
    timeoutSeconds: 60,
    firstLine: '[LOCAL] first line',
    environmentVariables: { PATH: process.env.PATH ?? '', ...environmentVariables },
    ...rest,
  };
}

function start(wanted: Wanted): Promise<HeldAttempt> {
  return executor.start(specify(wanted));
}

function inFolder(attempt: HeldAttempt, name: string): string {
  return join(stateFolder, 'attempts', attempt.attemptId, name);
}

async function readLog(attempt: HeldAttempt): Promise<string> {
  const bytes = await attempt.log.read(0, 1 << 20);
  return new TextDecoder().decode(bytes);
}

async function readOutput(attempt: HeldAttempt): Promise<string> {
  const text = await readLog(attempt);
  return text.slice(text.indexOf('\n') + 1);
}

async function waitForOutput(attempt: HeldAttempt, text: string): Promise<void> {
  await waitFor(`output ${text}`, 10_000, async () => (await readOutput(attempt)).includes(text));
}

async function groupOf(attempt: HeldAttempt): Promise<number> {
  return JSON.parse(await readFile(inFolder(attempt, 'shim.json'), 'utf8')).pid;
}
