// An attempt whose shim runs, or ran: its time limit, its cancelling and its end.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { failpoint } from '@towpath/core';
import { getUptimeSeconds } from '../../host/boot.ts';
import { type AttemptEnder, createAttemptEnder, type EnderOptions } from '../attempt-ender.ts';
import { type AttemptFolder, findEnding, findResultBytes } from '../attempt-folder.ts';
import { decideEnd } from '../decide-end.ts';
import type { AttemptEnd, HeldAttempt } from '../executor.ts';
import { ignoreFailure } from '../ignore-failure.ts';
import { openLogFile } from '../log-file.ts';
import { killGroup, signalGroup } from './process-group.ts';
import { findExitStatus, type ProcessRecord, replaceRecord } from './process-record.ts';
import type { ShimWatch } from './shim-watch.ts';
import type { SpentFolders } from './spent-folders.ts';

export interface HeldProcessOptions {
  readonly folder: AttemptFolder;
  readonly record: ProcessRecord;
  readonly watch: ShimWatch;
  /** From TERM to KILL. */
  readonly graceMs: number;
  readonly spent: SpentFolders;
  /** An agent before this one started it. */
  readonly isAdopted: boolean;
  /** True when the host was restarted since the start: its pids mean other processes now. */
  readonly hasHostRestarted: boolean;
}

/** Holds an attempt from here on: enforces its time limit and finds out how it ends. */
export function holdProcess(options: HeldProcessOptions): HeldAttempt {
  const { folder, record, watch, graceMs, spent, hasHostRestarted } = options;
  const { spec } = record;
  let { shim } = record;
  const signal: EnderOptions['signal'] = (name) => {
    if (!hasHostRestarted) signalGroup(shim, name);
  };
  const ender = createAttemptEnder({ folder, graceMs, signal });
  const ended = waitForEnd(options, ender);
  if (!hasHostRestarted) ender.limit(() => (shim.startedAtUptime + spec.timeoutSeconds - getUptimeSeconds()) * 1000);
  const detach = (): void => {
    watch.stop();
    ender.stop();
  };
  return {
    attemptId: spec.attemptId,
    ended,
    log: openLogFile(folder.log, spec.firstLine),
    getImage: () => undefined,
    note: spec.note,
    cancel: () => ender.end('CANCELLED'),
    writeEpoch: async (epoch) => {
      shim = { ...shim, epoch };
      keepRecord(folder, { ...record, shim });
    },
    remove: async () => {
      if (!hasHostRestarted) await killGroup(shim);
      watch.look();
      await ended;
      detach();
      failpoint('remove.before-delete');
      await spent.remove(folder);
    },
    detach,
  };
}

/**
 * Notes who runs the attempt under which epoch. That only serves the agent after this one, which loses the attempt without
 * it; a full disk, or a folder that the attempt deleted, must not cost this agent its session.
 */
export function keepRecord(folder: AttemptFolder, record: ProcessRecord): void {
  ignoreFailure(() => replaceRecord(folder, record));
}

async function waitForEnd(options: HeldProcessOptions, ender: AttemptEnder): Promise<AttemptEnd> {
  const { folder, record, isAdopted, hasHostRestarted } = options;
  // An agent before us may have asked it to end, and was killed before it could see it happen.
  const earlier = isAdopted ? findEnding(folder) : undefined;
  if (earlier !== undefined) ender.end(earlier);
  await options.watch.gone;
  ender.stop();
  try {
    const exitStatus = findExitStatus(folder);
    failpoint('end.before-group');
    if (!hasHostRestarted) await killGroup(record.shim);
    failpoint('end.after-group');
    const resultBytes = findResultBytes(folder, MAX_RESULT_BYTES);
    const loss = hasHostRestarted ? HOST_RESTARTED : SHIM_LOST;
    const { timeoutSeconds } = record.spec;
    return decideEnd({ exitStatus, ending: ender.getReason(), timeoutSeconds, loss, resultBytes });
  } catch (thrown) {
    const reason = `What it left can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { outcome: 'errored', exitCode: null, reasonCode: 'SHIM_LOST', reason, result: null };
  }
}

const HOST_RESTARTED = { reasonCode: 'HOST_RESTARTED', reason: 'The host restarted while it ran.' };
const SHIM_LOST = {
  reasonCode: 'SHIM_LOST',
  reason: 'Shim lost: its parent process was killed, so its exit code is unknown.',
};
