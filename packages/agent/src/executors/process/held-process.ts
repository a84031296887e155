// An attempt whose shim runs, or ran: its time limit, its cancelling and its end.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { failpoint } from '@towpath/core';
import { getUptimeSeconds } from '../../host/boot.ts';
import type { AttemptEnd, HeldAttempt } from '../executor.ts';
import { openLogFile } from '../log-file.ts';
import {
  type AttemptFolder,
  type AttemptRecord,
  deleteFolder,
  type EndingReason,
  findEnding,
  findExitStatus,
  findResultBytes,
  replaceRecord,
  type ShimFile,
  writeEnding,
} from './attempt-folder.ts';
import { decideEnd } from './decide-end.ts';
import { ignoreFailure } from './ignore-failure.ts';
import { killGroup, signalGroup } from './process-group.ts';
import type { ShimWatch } from './shim-watch.ts';

export interface HeldProcessOptions {
  readonly folder: AttemptFolder;
  readonly record: AttemptRecord;
  readonly watch: ShimWatch;
  /** From TERM to KILL. */
  readonly graceMs: number;
  /** True when the host was restarted since the start: its pids mean other processes now. */
  readonly hasHostRestarted: boolean;
}

/** setTimeout takes 31 bits of milliseconds; longer limits are reached in several steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Holds an attempt from here on: enforces its time limit and finds out how it ends. */
export function holdProcess(options: HeldProcessOptions): HeldAttempt {
  const { folder, record, watch } = options;
  const { spec, shim } = record;
  const state: HoldState = { shim, ending: undefined, isOver: false, timers: new Set() };
  const ended = waitForEnd(options, state);
  armTimeLimit(options, state);
  const detach = (): void => {
    watch.stop();
    clearTimers(state);
  };
  return {
    attemptId: spec.attemptId,
    ended,
    log: openLogFile(folder.log, spec.firstLine),
    note: spec.note,
    cancel: () => endAttempt(options, state, 'CANCELLED'),
    writeEpoch: async (epoch) => {
      state.shim = { ...state.shim, epoch };
      keepRecord(folder, { ...record, shim: state.shim });
    },
    remove: async () => {
      if (!options.hasHostRestarted) await killGroup(state.shim);
      watch.look();
      await ended;
      detach();
      failpoint('remove.before-delete');
      await deleteFolder(folder);
    },
    detach,
  };
}

/**
 * Notes who runs the attempt under which epoch. That only serves the agent after this one, which loses the attempt without
 * it; a full disk, or a folder that the attempt deleted, must not cost this agent its session.
 */
export function keepRecord(folder: AttemptFolder, record: AttemptRecord): void {
  ignoreFailure(() => replaceRecord(folder, record));
}

interface HoldState {
  shim: ShimFile;
  ending: EndingReason | undefined;
  /** The shim is gone; nothing may be signalled any more. */
  isOver: boolean;
  readonly timers: Set<NodeJS.Timeout>;
}

async function waitForEnd(options: HeldProcessOptions, state: HoldState): Promise<AttemptEnd> {
  const { folder, record, hasHostRestarted } = options;
  // An agent before us may have asked it to end, and was killed before it could see it happen.
  const earlier = findEnding(folder);
  if (earlier !== undefined) endAttempt(options, state, earlier);
  await options.watch.gone;
  state.isOver = true;
  clearTimers(state);
  try {
    const exitStatus = findExitStatus(folder);
    failpoint('end.before-group');
    if (!hasHostRestarted) await killGroup(state.shim);
    failpoint('end.after-group');
    const resultBytes = findResultBytes(folder, MAX_RESULT_BYTES);
    const { ending } = state;
    return decideEnd({ exitStatus, ending, timeoutSeconds: record.spec.timeoutSeconds, hasHostRestarted, resultBytes });
  } catch (thrown) {
    const reason = `What it left can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { outcome: 'errored', exitCode: null, reasonCode: 'SHIM_LOST', reason, result: null };
  }
}

function armTimeLimit(options: HeldProcessOptions, state: HoldState): void {
  const { spec, shim } = options.record;
  const leftMs = (shim.startedAtUptime + spec.timeoutSeconds - getUptimeSeconds()) * 1000;
  if (options.hasHostRestarted || state.isOver) return;
  if (leftMs <= 0) endAttempt(options, state, 'TIMED_OUT');
  else arm(state, Math.min(leftMs, LONGEST_TIMER_MS), () => armTimeLimit(options, state));
}

function endAttempt(options: HeldProcessOptions, state: HoldState, reasonCode: EndingReason): void {
  if (state.isOver || state.ending !== undefined) return;
  state.ending = reasonCode;
  if (options.hasHostRestarted) return;
  // A full disk must not keep it running: the note only serves an agent after this one.
  ignoreFailure(() => writeEnding(options.folder, reasonCode));
  failpoint('cancel.after-record');
  signalGroup(state.shim, 'SIGTERM');
  arm(state, options.graceMs, () => signalGroup(state.shim, 'SIGKILL'));
}

function arm(state: HoldState, delayMs: number, act: () => void): void {
  const timer = setTimeout(() => {
    state.timers.delete(timer);
    act();
  }, delayMs);
  state.timers.add(timer);
}

function clearTimers({ timers }: HoldState): void {
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
}
