// What every attempt that is a process finds: the variables that name its files; and what is kept of it.

import type { AttemptFolder } from '../attempt-folder.ts';
import type { AttemptSpecification } from '../executor.ts';
import type { Launcher } from './launcher/launcher.ts';
import type { ProcessRecord, ShimFile } from './process-record.ts';
import type { SpentFolders } from './spent-folders.ts';

/** What starting an attempt needs besides its folder. */
export interface StartFacts {
  readonly specification: AttemptSpecification;
  /** Script of the shim of commands. */
  readonly shimPath: string;
  readonly graceMs: number;
  readonly launcher: Launcher;
  readonly spent: SpentFolders;
}

/** The record of an attempt that this shim will run. */
export function toRecord(
  { attemptId, specHash, work, timeoutSeconds, firstLine, note }: AttemptSpecification,
  shim: ShimFile,
): ProcessRecord {
  return { spec: { attemptId, specHash, timeoutSeconds, firstLine, note }, work, shim };
}

/** All variables of the attempt. */
export function completeVariables(
  folder: AttemptFolder,
  { environmentVariables, hostVariables }: AttemptSpecification,
): Readonly<Record<string, string>> {
  return {
    ...hostVariables,
    ...environmentVariables,
    TOWPATH_RESULT: folder.result,
    TOWPATH_INPUTS: folder.inputs,
    TOWPATH_PARAMETERS: folder.parameters,
    TMPDIR: folder.temporary,
    PWD: folder.work,
  };
}
