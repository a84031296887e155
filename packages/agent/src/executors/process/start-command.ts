// A command: its own shim in its own folder, which waits for "go".
import { failpoint, TowpathError } from '@towpath/core';
import { type AttemptFolder, createFolder, toInitialFiles, writeInitialFiles } from '../attempt-folder.ts';
import type { AttemptSpecification, HeldAttempt } from '../executor.ts';
import { findExecutable } from './find-executable.ts';
import { holdProcess } from './held-process.ts';
import { writeRecord } from './process-record.ts';
import { completeVariables, type StartFacts, toRecord } from './process-variables.ts';
import { GO } from './shim-script.ts';
import { type StartedShim, toShimFile } from './started-shim.ts';

/** Starts a command. @throws TowpathError `COMMAND_MISSING`, or as `Launcher.start` */
export async function startCommand(
  folder: AttemptFolder,
  argv: readonly string[],
  { specification, shimPath, graceMs, launcher, spent }: StartFacts,
): Promise<HeldAttempt> {
  createFolder(folder);
  writeInitialFiles(folder, toInitialFiles(specification));
  failpoint('start.after-folder');
  const shim = await launcher.start({
    args: [shimPath, folder.path, '--', resolveCommand(argv, specification, folder), ...argv.slice(1)],
    workFolder: folder.work,
    environmentVariables: completeVariables(folder, specification),
    log: folder.log,
  });
  failpoint('start.after-shim');
  return letGo(folder, { shim, specification, graceMs, spent });
}

/** Records the shim on disk and only then lets it start the command. */
async function letGo(
  folder: AttemptFolder,
  {
    shim: started,
    specification,
    graceMs,
    spent,
  }: { readonly shim: StartedShim } & Pick<StartFacts, 'specification' | 'graceMs' | 'spent'>,
): Promise<HeldAttempt> {
  try {
    const record = toRecord(specification, toShimFile(started, specification.epoch));
    writeRecord(folder, record);
    failpoint('start.after-record');
    started.say(GO);
    failpoint('start.after-go');
    return holdProcess({
      folder,
      record,
      watch: started.watch,
      graceMs,
      spent,
      isAdopted: false,
      hasHostRestarted: false,
    });
  } catch (thrown) {
    started.dismiss();
    throw thrown;
  }
}

function resolveCommand(
  [word = '']: readonly string[],
  { environmentVariables, hostVariables }: AttemptSpecification,
  folder: AttemptFolder,
): string {
  const path = environmentVariables.PATH ?? hostVariables.PATH ?? '';
  const executable = findExecutable(word, path, folder.work);
  if (executable === undefined) throw commandMissing(word, path);
  return executable;
}

function commandMissing(word: string, path: string): TowpathError {
  return new TowpathError({
    code: 'COMMAND_MISSING',
    message: `No command ${JSON.stringify(word)} is installed.`,
    cause: `Searched: ${path.split(':').join(', ') || '(PATH is empty)'}`,
    fix: 'Check the word in the pipeline, and that the datakit holds an executable file of that name.',
  });
}
