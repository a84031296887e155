import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TASK_RUNNER_ENTRY } from '@towpath/sdk';
import { assertNoOrphans, findLeftovers, listGroup, listProcesses, spawnProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOutput, waitForOutput } from '../../testing/attempt-output.ts';
import { type ExecutorSubject, specify, testExecutorContract } from '../../testing/executor-contract.ts';
import * as probes from '../../testing/probes.ts';
import type { AttemptSpecification, AttemptWork, Executor, HeldAttempt } from '../executor.ts';
import { createProcessExecutor } from './process-executor.ts';

testExecutorContract('process', open);

let subject: ExecutorSubject;
let stateFolder: string;
beforeEach(async () => {
  subject = await open();
  stateFolder = subject.folder;
});
afterEach(() => subject.close());

async function open(): Promise<ExecutorSubject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'executor-')));
  const executors: Executor[] = [];
  const openNext = async (): Promise<Executor> => {
    // Short, so that the tests of ignored signals don't take ten seconds.
    const executor = await createProcessExecutor({ stateFolder: folder, graceMs: 500, waitingRunners: 1 });
    executors.push(executor);
    return executor;
  };
  return {
    folder,
    executor: await openNext(),
    openNext,
    untilStarted: () => Promise.resolve(),
    touch: (attemptId, name) => writeFile(join(folder, 'attempts', attemptId, 'tmp', name), ''),
    assertNothingRuns: () =>
      waitFor('nothing to run but what waits', 10_000, () =>
        findLeftovers(folder).every((row) => row.folder.includes('/.waiting-')),
      ).then(() => undefined),
    close: async () => {
      await Promise.all(executors.map((executor) => executor.close()));
      await assertNoOrphans(folder);
      await rm(folder, { recursive: true });
    },
  };
}

test('A20 A21 process: every word of the command arrives as it was given', async () => {
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
  const attempt = await run(['node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words]);
  expect((await attempt.ended).outcome).toBe('succeeded');
  expect(JSON.parse(await readOutput(attempt))).toEqual(words);
});

test('a shell builtin as first word means the program of that name, and nothing when there is none', async () => {
  expect((await (await run(['false'])).ended).exitCode).toBe(1);
  expect((await (await run(['exit', '0'])).ended).reasonCode).toBe('START_FAILED');
});

test('a command that does not exist is START_FAILED and says where it was looked for', async () => {
  const attempt = await run(['no-such-command'], { environmentVariables: { PATH: '/somewhere:/bin' } });
  const end = await attempt.ended;
  expect(end).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'START_FAILED' });
  expect(end.reason).toContain('Searched: /somewhere, /bin');
  expect(await readOutput(attempt)).toContain('error COMMAND_MISSING');
});

test('a file that is not executable is not the command', async () => {
  await mkdir(join(stateFolder, 'bin'));
  await writeFile(join(stateFolder, 'bin', 'tool'), '#!/bin/sh\necho ran\n');
  const environmentVariables = { PATH: `${stateFolder}/bin:/bin:/usr/bin` };
  expect((await (await run(['tool'], { environmentVariables })).ended).reasonCode).toBe('START_FAILED');
  await chmod(join(stateFolder, 'bin', 'tool'), 0o755);
  expect((await (await run(['tool'], { environmentVariables })).ended).outcome).toBe('succeeded');
});

test('a killed launcher takes no attempt with it: what runs ends as it does, and the next one is started by another', async () => {
  const attempt = await run([
    'node',
    '-e',
    'console.log("up"); setTimeout(() => { console.log("done"); process.exit(4); }, 1500)',
  ]);
  await waitForOutput(attempt, 'up');
  const launchers = () =>
    listProcesses().filter(({ parentPid, command }) => parentPid === process.pid && command.includes('launcher-main'));
  const [launcher] = launchers();
  if (!launcher) throw new Error('there is no launcher');
  process.kill(launcher.pid, 'SIGKILL');
  await waitFor('the launcher to be gone', 10_000, () => launchers().length === 0);
  const next = await run(['true']);
  expect(launchers()).toHaveLength(1);
  expect(await next.ended).toMatchObject({ outcome: 'succeeded' });
  expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 4 });
  expect(await readOutput(attempt)).toContain('done');
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

describe.each(probes.WORK_KINDS)('a %s', (kind) => {
  const start = async (probe: probes.Probe, more: Partial<AttemptSpecification> = {}) =>
    subject.executor.start(await specify(kind, probe, stateFolder, more));

  test('has the specified environment, and nothing leaks from the agent', async () => {
    process.env.SECRET_X = 'canary';
    const probe = { sh: 'env', js: `for (const [k, v] of Object.entries(process.env)) log(k + '=' + v);` };
    const attempt = await start(probe, { environmentVariables: { MSSQL_SERVER: 'a=b c', EMPTY: '' } });
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
      `TOWPATH_INPUTS=${folder}/inputs.json`,
      `TOWPATH_PARAMETERS=${folder}/parameters.json`,
      `TOWPATH_RESULT=${folder}/result.json`,
    ]);
  });

  test('leaves its environment nowhere in its folder', async () => {
    const attempt = await start(probes.script('true'), { environmentVariables: { PASSWORD: 'canary-value' } });
    await attempt.ended;
    const names = ['record.json', 'output.log', 'inputs.json', 'parameters.json'];
    const files = await Promise.all(names.map((name) => readFile(inFolder(attempt, name), 'utf8')));
    expect(files.join('')).not.toContain('canary-value');
  });

  test('whose shim is killed is ended with its group: errored, shim lost', async () => {
    const attempt = await start(probes.IGNORES_TERM);
    await waitForOutput(attempt, 'up');
    const { pid } = await readShim(attempt);
    process.kill(pid, 'SIGKILL');
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', exitCode: null, reasonCode: 'SHIM_LOST' });
    expect(listGroup(pid)).toEqual([]);
    expect(await readOutput(attempt)).toBe('up\n');
  });

  test('that was adopted is noticed when its shim is killed', async () => {
    const attempt = await start(probes.SLEEPS);
    // A runner that only just starts would end by itself when its folder is deleted.
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const adopted = await (await subject.openNext()).adopt(attempt.attemptId, 2);
    process.kill((await readShim(attempt)).pid, 'SIGKILL');
    expect(await adopted.ended).toMatchObject({ reasonCode: 'SHIM_LOST' });
  });

  test('that an agent of an earlier version left, its record in two files, is adopted', async () => {
    const attempt = await start(probes.SLEEPS);
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const { spec, shim } = await readRecord(attempt);
    await writeFile(inFolder(attempt, 'spec.json'), JSON.stringify(spec));
    await writeFile(inFolder(attempt, 'shim.json'), JSON.stringify(shim));
    await rm(inFolder(attempt, 'record.json'));
    const adopted = await (await subject.openNext()).adopt(attempt.attemptId, 2);
    adopted.cancel();
    expect(await adopted.ended).toMatchObject({ outcome: 'cancelled' });
    await adopted.remove();
  });

  test('is errored after a restart of the host, and no pid of it is signalled', async () => {
    const attempt = await start(probes.SLEEPS);
    // A runner that only just starts would end by itself when its folder is deleted.
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const shim = await changeShim(attempt, { bootId: 'an earlier boot' });
    const adopted = await (await subject.openNext()).adopt(attempt.attemptId, 2);
    expect(await adopted.ended).toMatchObject({ outcome: 'errored', reasonCode: 'HOST_RESTARTED' });
    await adopted.remove();
    expect(listGroup(shim.pid)).not.toEqual([]);
    process.kill(-shim.pid, 'SIGKILL');
  });

  test('whose pid now belongs to another process leaves that one alone', async () => {
    const attempt = await start(probes.SLEEPS);
    // A runner that only just starts would end by itself when its folder is deleted.
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const other = await spawnProcess({ command: 'sleep', args: ['1000'] });
    const shim = await changeShim(attempt, { pid: other.pid, startTime: '1' });
    const adopted = await (await subject.openNext()).adopt(attempt.attemptId, 2);
    expect(await adopted.ended).toMatchObject({ reasonCode: 'SHIM_LOST' });
    await adopted.remove();
    expect(listProcesses().some(({ pid, isZombie }) => pid === other.pid && !isZombie)).toBe(true);
    await other.destroy();
    process.kill(-shim.pid, 'SIGKILL');
  });
});

describe('runners that wait', () => {
  const start = async (probe: probes.Probe) => subject.executor.start(await specify('function', probe, stateFolder));
  const listWaiting = async () =>
    (await readdir(join(stateFolder, 'attempts'))).filter((name) => name.startsWith('.waiting-'));
  const waitForRunner = () =>
    waitFor('a runner to wait', 20_000, () => {
      const [row] = findLeftovers(stateFolder).filter(({ command }) => command.startsWith(process.execPath));
      return row;
    });

  test('are there while functions are expected, and none otherwise', async () => {
    expect(findLeftovers(stateFolder)).toEqual([]);
    subject.executor.expectFunctions(true);
    await waitForRunner();
    subject.executor.expectFunctions(false);
    await assertNoOrphans(stateFolder);
    await waitFor('the folders to be deleted', 5_000, async () => (await listWaiting()).length === 0);
  });

  test('run one attempt each: the runner that waited is the one that runs it, and another takes its place', async () => {
    subject.executor.expectFunctions(true);
    const { pid } = await waitForRunner();
    const attempt = await start({ sh: '', js: 'log(String(process.pid));' });
    await attempt.ended;
    expect(await readOutput(attempt)).toBe(`${pid}\n`);
    expect((await waitForRunner()).pid).not.toBe(pid);
  });

  test('that was killed is not used', async () => {
    subject.executor.expectFunctions(true);
    const { pid, groupId } = await waitForRunner();
    process.kill(pid, 'SIGKILL');
    await waitFor('its shim to end', 10_000, () => listGroup(groupId).length === 0);
    expect(await (await start(probes.leaves('{"rows":1}'))).ended).toMatchObject({ result: { rows: 1 } });
  });

  test('end with their shim when the agent dies, so that no exit status is there for work that never began', async () => {
    const shim = await spawnProcess({
      command: '/bin/sh',
      args: [join(stateFolder, 'runner-shim.sh'), process.execPath, TASK_RUNNER_ENTRY],
      cwd: stateFolder,
      input: '',
    });
    expect(await shim.waitForExit()).toEqual({ code: null, signal: 'SIGKILL' });
    await expect(readFile(join(stateFolder, 'exit'))).rejects.toThrow('ENOENT');
  });

  test('are deleted by the next agent when theirs was killed', async () => {
    subject.executor.expectFunctions(true);
    await waitForRunner();
    await (await subject.openNext()).listLeftovers();
    expect(await listWaiting()).toEqual([]);
  });
});

async function run(argv: readonly string[], more: Partial<AttemptSpecification> = {}): Promise<HeldAttempt> {
  const work: AttemptWork = { kind: 'command', argv };
  return subject.executor.start(await specify('command', probes.SLEEPS, stateFolder, { ...more, work }));
}

function inFolder(attempt: HeldAttempt, name: string): string {
  return join(stateFolder, 'attempts', attempt.attemptId, name);
}

interface Record {
  readonly spec: object;
  readonly shim: { readonly pid: number };
}

async function readRecord(attempt: HeldAttempt): Promise<Record> {
  return JSON.parse(await readFile(inFolder(attempt, 'record.json'), 'utf8'));
}

async function readShim(attempt: HeldAttempt): Promise<Record['shim']> {
  return (await readRecord(attempt)).shim;
}

/** Makes its record say something else of its shim; returns what it said. */
async function changeShim(attempt: HeldAttempt, change: object): Promise<Record['shim']> {
  const record = await readRecord(attempt);
  const changed = { ...record, shim: { ...record.shim, ...change } };
  await writeFile(inFolder(attempt, 'record.json'), JSON.stringify(changed));
  return record.shim;
}
