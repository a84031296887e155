// Ending an attempt because somebody asked for it or its time is over: TERM, and after the grace time KILL. The reason is kept
// beside it first, so that an agent after this one says the same.
import { failpoint } from '@towpath/core';
import { type AttemptFolder, type EndingReason, writeEnding } from './attempt-folder.ts';
import { ignoreFailure } from './ignore-failure.ts';

export interface EnderOptions {
  readonly folder: AttemptFolder;
  /** From TERM to KILL. */
  readonly graceMs: number;
  /** Reaches all of the attempt that can be reached; must not throw. */
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void;
}

export interface AttemptEnder {
  /** Why it was ended; undefined when it was not. */
  getReason(): EndingReason | undefined;
  /** The first reason counts; after `stop` nothing happens. */
  end(reason: EndingReason): void;
  /** Ends it when no time is left, by a clock that never jumps. */
  limit(readLeftMs: () => number): void;
  /** Nothing runs any more, or nobody here watches it: nothing is signalled from here on. */
  stop(): void;
}

/** setTimeout takes 31 bits of milliseconds; longer limits are reached in several steps. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Creates the ender of one attempt. */
export function createAttemptEnder({ folder, graceMs, signal }: EnderOptions): AttemptEnder {
  const timers = new Set<NodeJS.Timeout>();
  let reason: EndingReason | undefined;
  let isStopped = false;
  const arm = (delayMs: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  };
  const end = (wanted: EndingReason): void => {
    if (isStopped || reason !== undefined) return;
    reason = wanted;
    // A full disk must not keep it running: the note only serves an agent after this one.
    ignoreFailure(() => writeEnding(folder, wanted));
    failpoint('cancel.after-record');
    signal('SIGTERM');
    arm(graceMs, () => signal('SIGKILL'));
  };
  const limit = (readLeftMs: () => number): void => {
    const leftMs = readLeftMs();
    if (isStopped) return;
    if (leftMs <= 0) end('TIMED_OUT');
    else arm(Math.min(leftMs, LONGEST_TIMER_MS), () => limit(readLeftMs));
  };
  return {
    getReason: () => reason,
    end,
    limit,
    stop: () => {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
