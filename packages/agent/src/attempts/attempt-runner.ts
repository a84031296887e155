// One attempt from its grant to its accepted end: start, ship its log, report, delete.
//
//   granted (waits for its turn) ─▶ held ─▶ ended ─▶ log shipped ─▶ finish accepted ─▶ folder deleted
//      before its turn: given back unbegun, as if it had not been granted;
//      at any point: an unexpected error ─▶ tried again after a pause;  not ours any more ─▶ killed and deleted;
//      the agent closes ─▶ detached, all stays on disk
import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptGrant, Execution, LeftoverAttempt } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { AttemptEnd, HeldAttempt } from '../executors/executor.ts';
import { waitToRetry } from '../session/backoff.ts';
import { AttemptGivenBack } from './attempt-queue.ts';
import {
  AttemptNotOurs,
  appendLog,
  type ReportSubject,
  reportFinished,
  reportStarted,
  toPlainEnd,
} from './attempt-reports.ts';
import { createLogShipper, type LogShipper } from './log-shipper.ts';
import type { ReportChannel } from './report-channel.ts';

export interface AttemptRunner {
  readonly attemptId: string;
  /** Resolves when nothing more will happen: reported and deleted, given up, or detached. Never rejects. */
  readonly done: Promise<void>;
  /** How the next session is told of it. */
  describe(): LeftoverAttempt;
  /** Under a new epoch; from here on all reports carry it. */
  renewEpoch(epoch: number): Promise<void>;
  cancel(): void;
  /** Not ours any more: kills and deletes without a report. */
  abandon(): void;
  /** Leaves it to the next agent. */
  detach(): void;
}

export interface RunnerOptions {
  readonly grant: Pick<AttemptGrant, 'attemptId' | 'epoch' | 'specHash'>;
  readonly channel: ReportChannel;
  /** True when its start has to be reported; an adopted attempt is running already. */
  readonly isNew: boolean;
  readonly log: (line: string) => void;
  /** What runs it, for the server. */
  readonly executor: Pick<Execution, 'executor' | 'decidedBy'>;
  /** How long news of it may wait, see `decideNewsDelay`. */
  newsDelayMs(): number;
  /** Starts or adopts it, when it is its turn. */
  hold(subject: ReportSubject): Promise<HeldAttempt>;
  /** Somebody wants it ended, perhaps before its turn. */
  onCancel?(): void;
  /** False while it waits for its turn. Absent: it runs already. */
  hasBegun?(): boolean;
}

type Fate = 'ours' | 'abandoned' | 'detached';

interface RunnerState {
  epoch: number;
  held: HeldAttempt | undefined;
  wantsCancel: boolean;
  fate: Fate;
}

/** Runs an attempt; nothing is awaited by the caller. */
export function runAttempt(options: RunnerOptions): AttemptRunner {
  const { attemptId, specHash } = options.grant;
  const stopped = new AbortController();
  const state: RunnerState = {
    epoch: options.grant.epoch,
    held: undefined,
    wantsCancel: false,
    fate: 'ours',
  };
  const stop = (fate: Fate): void => {
    if (state.fate !== 'ours') return;
    state.fate = fate;
    stopped.abort();
  };
  const done = live(options, state, stopped.signal)
    .catch((thrown: unknown) => {
      if (thrown instanceof AttemptGivenBack) return;
      if (thrown instanceof AttemptNotOurs) stop('abandoned');
      else if (!stopped.signal.aborted) {
        options.log(`attempt ${attemptId} stays on disk: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        stop('detached');
      }
    })
    .then(() => settle(options, state));
  return {
    attemptId,
    done,
    describe: () => ({
      ...{ attemptId, epoch: state.epoch, specHash },
      ...(options.hasBegun?.() === false && { hasBegun: false }),
    }),
    renewEpoch: async (epoch) => {
      state.epoch = epoch;
      await state.held?.writeEpoch(epoch);
    },
    cancel: () => {
      state.wantsCancel = true;
      state.held?.cancel();
      options.onCancel?.();
    },
    abandon: () => stop('abandoned'),
    detach: () => stop('detached'),
  };
}

async function live(options: RunnerOptions, state: RunnerState, signal: AbortSignal): Promise<void> {
  const { grant } = options;
  const { attemptId } = grant;
  const toSubject = (tried: AbortSignal): ReportSubject => ({ attemptId, epoch: () => state.epoch, signal: tried });
  const held = await repeatUntilDone(options, signal, (tried) => options.hold(toSubject(tried)));
  state.held = held;
  if (state.wantsCancel) held.cancel();
  // Raised while it was being started.
  if (state.epoch !== grant.epoch) await held.writeEpoch(state.epoch);
  const clock = startClock(options.isNew);
  const executedMs = held.ended.then(clock);
  await repeatUntilDone(options, signal, (tried) => {
    return followToEnd(options, { subject: toSubject(tried), held, executedMs });
  });
  failpoint('attempt.before-remove');
  // An engine that is away is waited for; what is not removed by then is left to the next agent.
  await Promise.race([held.remove(), failOnAbort(signal)]);
  failpoint('attempt.after-remove');
}

/**
 * Repeats what fails as nobody foresaw (no file descriptor is left, a proxy answers instead of the server): the server
 * takes the attempt for running until it is told otherwise, so this must not end before it is. Each try has its own signal.
 */
async function repeatUntilDone<T>(
  options: RunnerOptions,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    const over = new AbortController();
    try {
      return await act(AbortSignal.any([signal, over.signal]));
    } catch (thrown) {
      if (thrown instanceof AttemptNotOurs || thrown instanceof AttemptGivenBack || signal.aborted) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      options.log(`attempt ${options.grant.attemptId} is tried again: ${why}`);
      over.abort();
      await waitToRetry(failures, signal);
    }
  }
}

interface Following {
  readonly subject: ReportSubject;
  readonly held: HeldAttempt;
  /** Known when it has ended, and only of one that was started here. */
  readonly executedMs: Promise<number | undefined>;
}

/** Ships its log and reports what becomes of it. May be repeated: the server knows what it was told before. */
async function followToEnd(options: RunnerOptions, { subject, held, executedMs }: Following): Promise<void> {
  const { channel } = options;
  const { signal } = subject;
  const started = options.isNew ? reportStartUnlessEnded(options, subject, held) : Promise.resolve();
  const send = (offset: number, bytes: Uint8Array<ArrayBuffer>) => appendLog(channel, subject, { offset, bytes });
  const shipper = createLogShipper({ log: held.log, send, delayMs: options.newsDelayMs, signal });
  // A refused report ends the waiting for an end that would be of no interest.
  const end = await Promise.race([held.ended, shipper.failed, failWith(started), failOnAbort(signal)]);
  await started;
  failpoint('attempt.after-end');
  const execution = { ...options.executor, image: held.getImage() ?? null };
  await reportUntilAccepted(options, { subject, shipper, end, executedMs: await executedMs, execution });
}

interface Ending {
  readonly subject: ReportSubject;
  readonly shipper: LogShipper;
  readonly end: AttemptEnd;
  readonly executedMs: number | undefined;
  readonly execution: Execution;
}

async function reportUntilAccepted(
  options: RunnerOptions,
  { subject, shipper, executedMs, execution, ...ending }: Ending,
): Promise<void> {
  let { end } = ending;
  let { lengthBytes: logLengthBytes, tail } = await shipper.finish();
  let isPlain = false;
  for (;;) {
    const reply = await reportFinished(options.channel, subject, { end, logLengthBytes, tail, executedMs, execution });
    if (reply.kind === 'accepted') return;
    if (reply.kind === 'log-incomplete') {
      logLengthBytes = await shipper.repeat();
      tail = undefined;
      continue;
    }
    if (isPlain) throw reply.why;
    options.log(
      `attempt ${subject.attemptId}: its end was refused (${reply.why.message}); reporting it without a result`,
    );
    end = toPlainEnd(end, reply.why);
    isPlain = true;
  }
}

/** Milliseconds since now; nobody here knows when an adopted attempt began, and that was reported before. */
function startClock(isNew: boolean): () => number | undefined {
  const startedAtMs = performance.now();
  return () => (isNew ? Math.round(performance.now() - startedAtMs) : undefined);
}

/** What ends soon is told by its end alone; nobody watches that closely. */
async function reportStartUnlessEnded(
  { channel, newsDelayMs }: RunnerOptions,
  subject: ReportSubject,
  held: HeldAttempt,
): Promise<void> {
  if (await runsFor(newsDelayMs() / 2, held, subject.signal)) await reportStarted(channel, subject);
}

/** False as soon as it has ended, or the signal fires. */
async function runsFor(delayMs: number, held: HeldAttempt, signal: AbortSignal): Promise<boolean> {
  return await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), delayMs);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    void held.ended.then(stop, stop);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

/** Never resolves; rejects with what `promise` rejects with. */
function failWith(promise: Promise<void>): Promise<never> {
  return new Promise((_, reject) => promise.catch(reject));
}

function failOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** An engine that is away must not hold up the end of the agent: what is not removed by then is left to the next one. */
const ABANDON_MS = 20_000;

async function settle(options: RunnerOptions, state: RunnerState): Promise<void> {
  const { attemptId } = options.grant;
  if (state.fate === 'detached') state.held?.detach();
  if (state.fate !== 'abandoned') return;
  options.log(`attempt ${attemptId} is not ours any more; its work was stopped`);
  const tooLong = pause(ABANDON_MS, undefined, { ref: false });
  await Promise.race([state.held?.remove(), tooLong]).catch(() => undefined);
}
