// Attempts of which nothing runs: refused, failed at their start, or gone. Log and end are reported like any other's.
import { type ErrorFacts, formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import {
  type AttemptFolder,
  appendLog,
  createFolder,
  deleteFolder,
  toInitialFiles,
  writeInitialFiles,
} from './attempt-folder.ts';
import type { LossFacts } from './decide-end.ts';
import type { AttemptSpecification, HeldAttempt } from './executor.ts';
import { ignoreFailure } from './ignore-failure.ts';
import { openLogFile } from './log-file.ts';
import { statOwnFile } from './own-file.ts';

/** Holds an attempt that can't be started for this reason, which its log says. */
export function refuseAttempt(
  folder: AttemptFolder,
  specification: AttemptSpecification,
  facts: ErrorFacts,
): HeldAttempt {
  // The folder may be what could not be written; then there is no log, and the reason still says why.
  ignoreFailure(() => createFolder(folder));
  // A start that failed half-way has written them, and a log begins once.
  if (statOwnFile(folder.log) === undefined)
    ignoreFailure(() => writeInitialFiles(folder, toInitialFiles(specification)));
  return holdEnded(folder, specification.attemptId, noteFailedStart(folder, facts));
}

/** Writes into the log why the attempt could not be started; returns how it ends. */
export function noteFailedStart(folder: AttemptFolder, facts: ErrorFacts): LossFacts {
  ignoreFailure(() => appendLog(folder, `${formatErrorLines(facts)}\n`));
  return { reasonCode: 'START_FAILED', reason: [facts.message, facts.cause].filter(Boolean).join(' ') };
}

/** An attempt of which nothing runs. */
function holdEnded(folder: AttemptFolder, attemptId: string, why: LossFacts): HeldAttempt {
  return {
    attemptId,
    ended: Promise.resolve({ outcome: 'errored', exitCode: null, result: null, ...why }),
    log: openLogFile(folder.log),
    getImage: () => undefined,
    note: undefined,
    cancel: () => undefined,
    // Not kept: to an agent after this one it never started, or is gone.
    writeEpoch: () => Promise.resolve(),
    remove: () => deleteFolder(folder),
    detach: () => undefined,
  };
}

/** Seen by this agent when it started, and then gone. */
export function holdLost(folder: AttemptFolder, attemptId: string, reasonCode: string): HeldAttempt {
  const reason = 'Nothing is left of it on this host: its folder was removed while the agent started.';
  return holdEnded(folder, attemptId, { reasonCode, reason });
}

/** What prevented a start, whatever was thrown. */
export function startFacts(thrown: unknown): ErrorFacts {
  if (thrown instanceof TowpathError) return toErrorFacts(thrown);
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'ATTEMPT_START_FAILED', message: 'The attempt could not be started.', cause };
}
