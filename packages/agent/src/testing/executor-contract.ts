// What every executor promises, whatever it runs attempts with: the same exit code, result, log, time limit and cancel,
// and that attempts outlive the agent. One test per clause and kind of work.
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptSpecification, Executor, HeldAttempt } from '../executors/executor.ts';
import { readLog, readOutput, waitForOutput } from './attempt-output.ts';
import * as probes from './probes.ts';

/** An executor under test, as its implementation's own test file opens it. */
export interface ExecutorSubject {
  /** A folder of the test's own; not every probe sees it. */
  readonly folder: string;
  readonly executor: Executor;
  /** An executor on the same leftovers, as the next agent has it. Its grace time is short. */
  openNext(): Promise<Executor>;
  /** Resolves when the attempt has been started: from then on the next agent finds it running or ended. */
  untilStarted(attemptId: string): Promise<void>;
  /** Leaves an empty file of this name in the TMPDIR of an attempt that runs. */
  touch(attemptId: string, name: string): Promise<void>;
  /** Fails when anything of an attempt runs. */
  assertNothingRuns(): Promise<void>;
  /** Closes the executors; nothing may be left. */
  close(): Promise<void>;
}

/** Runs the contract over commands and functions; `executor` is its name in the titles of what shows a statement. */
export function testExecutorContract(executor: string, open: () => Promise<ExecutorSubject>): void {
  describe.each(probes.WORK_KINDS)('a %s', (kind) => {
    let subject: ExecutorSubject;
    beforeEach(async () => {
      subject = await open();
      if (kind === 'function') subject.executor.expectFunctions(true);
    });
    afterEach(() => subject.close());
    const start = async (probe: probes.Probe, more: Partial<AttemptSpecification> = {}) =>
      subject.executor.start(await specify(kind, probe, subject.folder, more));
    testStart(start, executor);
    testEnds(start, executor);
    testEnding(start, () => subject);
    testLeftovers(start, () => subject);
    testAdopted(start, () => subject);
    testRemovals(start, () => subject);
  });
}

type Start = (probe: probes.Probe, more?: Partial<AttemptSpecification>) => Promise<HeldAttempt>;

/** The specification of a probe; what matters to a test is in `more`. */
export async function specify(
  kind: probes.WorkKind,
  probe: probes.Probe,
  folder: string,
  more: Partial<AttemptSpecification> = {},
): Promise<AttemptSpecification> {
  return {
    attemptId: randomUUID(),
    epoch: 1,
    specHash: 'hash',
    timeoutSeconds: 60,
    firstLine: '[LOCAL] first line',
    inputs: {},
    parameters: {},
    work: await probes.toWork(kind, probe, folder),
    environmentVariables: {},
    secretNames: new Set(),
    hostVariables: { PATH: process.env.PATH ?? '' },
    ...more,
  };
}

function testStart(start: Start, executor: string): void {
  test('has a log that begins with the first line of its specification', async () => {
    const attempt = await start(probes.script('echo hello'));
    await attempt.ended;
    expect(await readLog(attempt)).toBe('[LOCAL] first line\nhello\n');
  });

  test(`A20 ${executor}: finds inputs and parameters as files`, async () => {
    const inputs = { upstream: { rows: 3 }, silent: null };
    const attempt = await start(probes.READS, { inputs, parameters: { day: '2026-07-01', tables: ['a', 'b'] } });
    await attempt.ended;
    const lines = (await readOutput(attempt)).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([inputs, { day: '2026-07-01', tables: ['a', 'b'] }]);
  });

  test('finds its standard input empty', async () => {
    const attempt = await start(probes.script('cat; echo done'));
    await attempt.ended;
    expect(await readOutput(attempt)).toBe('done\n');
  });

  test(`A20 ${executor}: has its 20 MiB of output kept byte for byte, in order`, async () => {
    const attempt = await start(probes.FLOODS);
    expect((await attempt.ended).outcome).toBe('succeeded');
    const expected = createHash('sha256').update('[LOCAL] first line\n');
    for (let i = 0; i < 20; i += 1) expected.update(Buffer.alloc(1 << 20, i * 7 + 1));
    const log = createHash('sha256').update(await readFile(attempt.log.path));
    expect(log.digest('hex')).toBe(expected.digest('hex'));
  });
}

function testEnds(start: Start, executor: string): void {
  test.each([1, 75, 78, 255])(`A20 ${executor}: that exits with %i is reported so`, async (exitCode) => {
    const { ended } = await start(probes.exits(exitCode));
    const reason = `Exit code ${exitCode}.`;
    expect(await ended).toEqual({ outcome: 'failed', exitCode, reasonCode: 'EXIT_CODE', reason, result: null });
  });

  test('ended by a signal fails with 128 + signal, and the log holds only its own output', async () => {
    const attempt = await start(probes.KILLED);
    expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 137, reasonCode: 'EXIT_CODE' });
    expect(await readOutput(attempt)).toBe('before\n');
  });

  test(`A20 ${executor}: that leaves a result document succeeds with it`, async () => {
    const { ended } = await start(probes.leaves('{"rows":3,"ä":[1.5,null]}'));
    const result = { rows: 3, ä: [1.5, null] };
    expect(await ended).toEqual({ outcome: 'succeeded', exitCode: 0, reasonCode: null, reason: null, result });
  });

  test('that leaves none succeeds with an empty result', async () => {
    expect(await (await start(probes.script('true'))).ended).toMatchObject({ outcome: 'succeeded', result: null });
  });

  test.each(INVALID_RESULTS)('with a result document that is %s fails as RESULT_INVALID', async (_, sh) => {
    const { ended } = await start(probes.script(sh));
    expect(await ended).toMatchObject({ outcome: 'failed', exitCode: 0, reasonCode: 'RESULT_INVALID' });
  });

  test('may leave a result document of 4,096 bytes', async () => {
    const { ended } = await start(probes.script(`printf '{"a":"%4088s"}' x > "$TOWPATH_RESULT"`));
    expect(await ended).toMatchObject({ outcome: 'succeeded' });
  });
}

const INVALID_RESULTS: readonly (readonly [string, string])[] = [
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
];

function testEnding(start: Start, getSubject: () => ExecutorSubject): void {
  test('that is cancelled gets TERM and may end in its own way', async () => {
    const attempt = await start(probes.ENDS_WHEN_ASKED);
    await waitForOutput(attempt, 'up');
    attempt.cancel();
    attempt.cancel();
    expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: 143, reasonCode: 'CANCELLED' });
    // The probe's own shell may remark that its `sleep` was terminated; a function says what it threw.
    expect(await readOutput(attempt)).toMatch(/^up\n(Terminated\n)?cleaned\n/);
  });

  test('that is cancelled and ignores TERM is killed with its grandchildren', async () => {
    const attempt = await start(probes.IGNORES_TERM);
    await waitForOutput(attempt, 'up');
    attempt.cancel();
    expect(await attempt.ended).toMatchObject({ outcome: 'cancelled', exitCode: null, reasonCode: 'CANCELLED' });
    await getSubject().assertNothingRuns();
  });

  test('that takes too long is ended and failed', async () => {
    const attempt = await start(probes.SLEEPS, { timeoutSeconds: 0.5 });
    expect(await attempt.ended).toMatchObject({ outcome: 'failed', exitCode: 143, reasonCode: 'TIMED_OUT' });
  });

  test('has what it leaves behind killed when it ended', async () => {
    expect(await (await start(probes.LEAVES_CHILD)).ended).toMatchObject({ outcome: 'succeeded' });
    await getSubject().assertNothingRuns();
  });
}

function testLeftovers(start: Start, getSubject: () => ExecutorSubject): void {
  test('left by an agent is adopted by the next one, which reports its end', async () => {
    const { openNext, touch } = getSubject();
    const note = { secrets: ['a', 1, null] };
    const first = await start(probes.waitsFor('continue'), { note });
    await waitForOutput(first, 'up');
    first.detach();
    const next = await openNext();
    expect(await next.listLeftovers()).toEqual([
      { attemptId: first.attemptId, epoch: 1, specHash: 'hash', isStarted: true },
    ]);
    const adopted = await next.adopt(first.attemptId, 2);
    expect([first.note, adopted.note]).toEqual([note, note]);
    expect(await next.listLeftovers()).toMatchObject([{ epoch: 2 }]);
    await touch(first.attemptId, 'continue');
    expect(await adopted.ended).toMatchObject({ outcome: 'failed', exitCode: 5, reasonCode: 'EXIT_CODE' });
    expect(await readOutput(adopted)).toBe('up\n');
    await adopted.remove();
    expect(await next.listLeftovers()).toEqual([]);
  });

  test('of which nothing is left is reported as lost', async () => {
    const adopted = await getSubject().executor.adopt(randomUUID(), 2);
    expect(await adopted.ended).toMatchObject({ outcome: 'errored', reasonCode: expect.stringMatching(/_LOST$/) });
    await adopted.remove();
  });

  test('that ended while nobody watched is reported with its result', async () => {
    const { touch, assertNothingRuns } = getSubject();
    const first = await start(probes.leavesOnce('continue', '{"rows":1}'));
    await waitForOutput(first, 'up');
    first.detach();
    await touch(first.attemptId, 'continue');
    await assertNothingRuns();
    const adopted = await (await getSubject().openNext()).adopt(first.attemptId, 2);
    expect(await adopted.ended).toMatchObject({ outcome: 'succeeded', result: { rows: 1 } });
  });
}

function testAdopted(start: Start, getSubject: () => ExecutorSubject): void {
  test('that was adopted keeps its time limit, and can be cancelled', async () => {
    const late = await start(probes.SLEEPS, { timeoutSeconds: 2 });
    const wanted = await start(probes.SLEEPS);
    for (const attempt of [late, wanted]) {
      await getSubject().untilStarted(attempt.attemptId);
      attempt.detach();
    }
    const next = await getSubject().openNext();
    const adopted = await Promise.all([late, wanted].map(({ attemptId }) => next.adopt(attemptId, 2)));
    adopted[1]?.cancel();
    const ends = await Promise.all(adopted.map(({ ended }) => ended));
    expect(ends.map(({ reasonCode }) => reasonCode)).toEqual(['TIMED_OUT', 'CANCELLED']);
  });

  test('that an agent ended is ended for the same reason when that agent is gone', async () => {
    const first = await start(probes.IGNORES_TERM);
    await waitForOutput(first, 'up');
    first.cancel();
    await waitFor('the reason to be kept', 10_000, () => readFile(join(first.log.path, '../ending.json')));
    first.detach();
    const adopted = await (await getSubject().openNext()).adopt(first.attemptId, 2);
    expect(await adopted.ended).toMatchObject({ outcome: 'cancelled' });
  });

  test('that an agent asked to end is watched to its end by the next one, which has its exit code and its last words', async () => {
    const first = await start(probes.ENDS_WHEN_ASKED);
    await waitForOutput(first, 'up');
    first.cancel();
    await waitFor('the reason to be kept', 10_000, () => readFile(join(first.log.path, '../ending.json')));
    first.detach();
    const adopted = await (await getSubject().openNext()).adopt(first.attemptId, 2);
    expect(await adopted.ended).toMatchObject({ outcome: 'cancelled', exitCode: 143, reasonCode: 'CANCELLED' });
    expect(await readOutput(adopted)).toMatch(/^up\n(Terminated\n)?cleaned\n/);
  });
}

function testRemovals(start: Start, getSubject: () => ExecutorSubject): void {
  test('that is discarded is killed and deleted', async () => {
    const attempt = await start(probes.IGNORES_TERM);
    await waitForOutput(attempt, 'up');
    attempt.detach();
    const next = await getSubject().openNext();
    expect(await next.listLeftovers()).toHaveLength(1);
    await next.discard(attempt.attemptId);
    await getSubject().assertNothingRuns();
    expect(await next.listLeftovers()).toEqual([]);
  });

  test('that is refused has a log and an end like any other', async () => {
    const { executor, folder } = getSubject();
    const facts = { code: 'DATAKIT_UNKNOWN', message: 'No datakit x.', cause: 'Installed: y.' };
    const attempt = await executor.refuse(await specify('command', probes.SLEEPS, folder), facts);
    const reason = 'No datakit x. Installed: y.';
    expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED', reason });
    expect(await readOutput(attempt)).toBe('error DATAKIT_UNKNOWN: No datakit x.\n  why: Installed: y.\n');
    await attempt.remove();
    expect((await executor.listLeftovers()).map(({ attemptId }) => attemptId)).not.toContain(attempt.attemptId);
  });
}
