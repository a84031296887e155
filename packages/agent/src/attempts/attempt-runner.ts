// One attempt from its grant to its accepted end: start, ship its log, report, delete.
//
//   granted ─▶ held ─▶ ended ─▶ log shipped ─▶ finish accepted ─▶ folder deleted
//      at any point: not ours any more ─▶ killed and deleted;  the agent closes ─▶ detached, all stays on disk
import type { AttemptGrant, LeftoverAttempt } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { HeldAttempt } from '../executors/executor.ts';
import {
  AttemptNotOurs,
  appendLog,
  type ReportChannel,
  reportFinished,
  reportStarted,
  toPlainEnd,
} from './attempt-reports.ts';
import { createLogShipper } from './log-shipper.ts';

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
  /** Starts or adopts it. */
  hold(): Promise<HeldAttempt>;
  /** How many attempts we can take with the answer to its finish. */
  slotsAfter(): number;
  /** Grants that came with the answer to its finish. */
  take(grants: readonly AttemptGrant[]): void;
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
  const state: RunnerState = { epoch: options.grant.epoch, held: undefined, wantsCancel: false, fate: 'ours' };
  const stop = (fate: Fate): void => {
    if (state.fate !== 'ours') return;
    state.fate = fate;
    stopped.abort();
  };
  const done = live(options, state, stopped.signal)
    .catch((thrown: unknown) => {
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
    describe: () => ({ attemptId, epoch: state.epoch, specHash }),
    renewEpoch: async (epoch) => {
      state.epoch = epoch;
      await state.held?.writeEpoch(epoch);
    },
    cancel: () => {
      state.wantsCancel = true;
      state.held?.cancel();
    },
    abandon: () => stop('abandoned'),
    detach: () => stop('detached'),
  };
}

async function live(options: RunnerOptions, state: RunnerState, signal: AbortSignal): Promise<void> {
  const { channel, grant } = options;
  const subject = { attemptId: grant.attemptId, epoch: () => state.epoch, signal };
  const held = await options.hold();
  state.held = held;
  if (state.wantsCancel) held.cancel();
  // Raised while it was being started.
  if (state.epoch !== grant.epoch) await held.writeEpoch(state.epoch);
  const started = options.isNew ? reportStarted(channel, subject) : Promise.resolve();
  const send = (offset: number, bytes: Uint8Array<ArrayBuffer>) => appendLog(channel, subject, { offset, bytes });
  const shipper = createLogShipper({ log: held.log, send, signal });
  // A refused report ends the waiting for an end that would be of no interest.
  let end = await Promise.race([held.ended, shipper.failed, failWith(started), failOnAbort(signal)]);
  await started;
  failpoint('attempt.after-end');
  let logLengthBytes = await shipper.finish();
  let isPlain = false;
  for (;;) {
    const reply = await reportFinished(channel, subject, { end, logLengthBytes, slots: options.slotsAfter });
    if (reply.kind === 'accepted') return accept(options, held, reply.next);
    if (reply.kind === 'log-incomplete') {
      logLengthBytes = await shipper.repeat();
      continue;
    }
    if (isPlain) throw reply.why;
    options.log(
      `attempt ${grant.attemptId}: its end was refused (${reply.why.message}); reporting it without a result`,
    );
    end = toPlainEnd(end, reply.why);
    isPlain = true;
  }
}

async function accept(options: RunnerOptions, held: HeldAttempt, next: readonly AttemptGrant[]): Promise<void> {
  options.take(next);
  failpoint('attempt.before-remove');
  await held.remove();
  failpoint('attempt.after-remove');
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

async function settle(options: RunnerOptions, state: RunnerState): Promise<void> {
  const { attemptId } = options.grant;
  if (state.fate === 'detached') state.held?.detach();
  if (state.fate !== 'abandoned') return;
  options.log(`attempt ${attemptId} is not ours any more; its work was stopped`);
  await state.held?.remove().catch(() => undefined);
}
