// Attempts that damage their own folder: they hurt nobody but themselves, and each has an end.
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitForOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import * as probes from '../../testing/probes.ts';
import { locateFolder } from '../attempt-folder.ts';
import type { AttemptSpecification, Executor, HeldAttempt } from '../executor.ts';
import { createProcessExecutor } from './process-executor.ts';
import { watchAdopted } from './shim-watch.ts';

let folder: string;
let executor: Executor;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hostile-')));
  executor = await createProcessExecutor({ stateFolder: folder, graceMs: 500, waitingRunners: 1 });
});
afterEach(async () => {
  await executor.close();
  await assertNoOrphans(folder);
  await rm(folder, { recursive: true });
});

async function start(sh: string, more: Partial<AttemptSpecification> = {}): Promise<HeldAttempt> {
  const own = 'cd "$(dirname "$TOWPATH_RESULT")"';
  return executor.start(await specify('command', probes.script(`${own}; ${sh}`), folder, more));
}

test.each([
  ['a FIFO', 'mkfifo output.log'],
  ['a directory', 'mkdir output.log'],
  ['a link to itself', 'ln -s output.log output.log'],
  ['a link to a file of somebody else', 'ln -s /etc/passwd output.log'],
  ['a device without an end', 'ln -s /dev/zero output.log'],
])('an attempt whose log is replaced by %s has an end, and an empty log', async (_, replace) => {
  const attempt = await start(`rm output.log; ${replace}`);
  expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
  expect(await attempt.log.read(0, 100)).toHaveLength(0);
  expect(await attempt.log.size()).toBe(0);
  await attempt.remove();
});

test('an attempt that puts a FIFO where its exit status belongs is ended by its time limit', async () => {
  const attempt = await start('mkfifo exit', { timeoutSeconds: 1 });
  expect(await attempt.ended).toMatchObject({ outcome: 'failed', reasonCode: 'TIMED_OUT' });
  await attempt.remove();
});

test.each(['mkfifo ending.json ending.json.tmp', 'mkdir ending.json ending.json.tmp'])(
  'an attempt can not escape its cancelling by %s',
  async (obstruct) => {
    const attempt = await start(`${obstruct}; echo up; sleep 1000`);
    await waitForOutput(attempt, 'up');
    attempt.cancel();
    expect(await attempt.ended).toMatchObject({ outcome: 'cancelled' });
    await attempt.remove();
  },
);

test.each(['record.json', 'exit', 'ending.json'])(
  'a FIFO in place of %s does not keep the next agent',
  async (name) => {
    const attempt = await start(`rm -f ${name}; mkfifo ${name}; echo up`);
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const next = await createProcessExecutor({ stateFolder: folder, graceMs: 500, waitingRunners: 1 });
    await next.listLeftovers();
    await next.discard(attempt.attemptId);
    await next.close();
  },
);

test('an attempt that deletes its folder is errored', async () => {
  const attempt = await start('rm -rf "$PWD"');
  expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'SHIM_LOST' });
  await attempt.remove();
});

test('an attempt that deleted its folder may get a new epoch, and still has an end', async () => {
  const attempt = await start('rm -rf "$PWD"; while :; do sleep 1; done');
  await waitFor('the folder to be gone', 10_000, async () => !existsSync(attempt.log.path));
  await attempt.writeEpoch(2);
  attempt.cancel();
  expect(await attempt.ended).toMatchObject({ outcome: 'cancelled' });
  await attempt.remove();
});

test('an argument that no system takes is why it can not start', async () => {
  const specification = await specify('command', probes.exits(0), folder, {
    work: { kind: 'command', argv: ['sh', '-c', ':', 'x'.repeat(300_000)] },
  });
  const end = await (await executor.start(specification)).ended;
  expect(end).toMatchObject({
    outcome: 'errored',
    reasonCode: 'START_FAILED',
    reason: expect.stringMatching(/arguments or variables are too long/),
  });
});

test('a shim that is gone is noticed without a watch on its folder', async () => {
  const file = join(folder, 'no-folder');
  await writeFile(file, '');
  const watch = watchAdopted(locateFolder(join(file, 'attempt')), { pid: 2 ** 22 + 1, startTime: '1' });
  let isGone = false;
  void watch.gone.then(() => {
    isGone = true;
  });
  await waitFor('the end to be noticed', 10_000, async () => isGone);
});
