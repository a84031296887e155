// What every attempt finds, whatever runs it: the files it begins with, and the variables that name them.
import type { AttemptSpecification } from '../executor.ts';
import type { AttemptFolder, AttemptRecord, InitialFiles, ShimFile } from './attempt-folder.ts';
import type { Launcher } from './launcher/launcher.ts';

/** What starting an attempt needs besides its folder. */
export interface StartFacts {
  readonly specification: AttemptSpecification;
  /** Script of the shim of commands. */
  readonly shimPath: string;
  readonly graceMs: number;
  readonly launcher: Launcher;
}

/** The files, without the environment: that may hold secrets. */
export function toInitialFiles(specification: AttemptSpecification): InitialFiles {
  const { inputs, parameters, firstLine } = specification;
  return { firstLine, inputs, parameters };
}

/** The record of an attempt that this shim will run. */
export function toRecord(
  { attemptId, specHash, work, timeoutSeconds, firstLine, note }: AttemptSpecification,
  shim: ShimFile,
): AttemptRecord {
  return { spec: { attemptId, specHash, timeoutSeconds, firstLine, note }, work, shim };
}

/** All variables of the attempt. */
export function completeVariables(
  folder: AttemptFolder,
  { environmentVariables }: AttemptSpecification,
): Readonly<Record<string, string>> {
  return {
    ...environmentVariables,
    TOWPATH_RESULT: folder.result,
    TOWPATH_INPUTS: folder.inputs,
    TOWPATH_PARAMETERS: folder.parameters,
    TMPDIR: folder.temporary,
    PWD: folder.work,
  };
}
