// A function: a runner that was started before gets its order. The order travels through the pipe, so what it holds
// (secrets among it) is neither in a command line nor on disk.
import { renameSync } from 'node:fs';
import { failpoint } from '@towpath/core';
import type { RunnerOrder } from '@towpath/sdk';
import { type AttemptFolder, toInitialFiles, writeInitialFiles } from '../attempt-folder.ts';
import type { AttemptSpecification, AttemptWork, HeldAttempt } from '../executor.ts';
import { holdProcess } from './held-process.ts';
import { writeRecord } from './process-record.ts';
import { completeVariables, type StartFacts, toRecord } from './process-variables.ts';
import { endRunner, type RunnerPool } from './runner-pool.ts';
import { toShimFile } from './started-shim.ts';

type FunctionWork = Extract<AttemptWork, { kind: 'function' }>;

/** Starts a function. The folder must not exist: it is the runner's, renamed. */
export async function startFunction(
  folder: AttemptFolder,
  work: FunctionWork,
  { specification, graceMs, spent, runners }: StartFacts & { readonly runners: RunnerPool },
): Promise<HeldAttempt> {
  const runner = await runners.take();
  try {
    writeInitialFiles(runner.folder, toInitialFiles(specification));
    const record = toRecord(specification, toShimFile(runner.shim, specification.epoch));
    writeRecord(runner.folder, record);
    failpoint('start.before-order');
    // From here on it is an attempt that the next agent would find; the order comes after it, as "go" does.
    renameSync(runner.folder.path, folder.path);
    runner.shim.say(`${JSON.stringify(toOrder(folder, work, specification))}\n`);
    failpoint('start.after-order');
    return holdProcess({
      folder,
      record,
      watch: runner.shim.watch,
      graceMs,
      spent,
      isAdopted: false,
      hasHostRestarted: false,
    });
  } catch (thrown) {
    await endRunner(runner);
    throw thrown;
  }
}

function toOrder(
  folder: AttemptFolder,
  { bundleFolder, module, export: exportName, taskId }: FunctionWork,
  specification: AttemptSpecification,
): RunnerOrder {
  const environmentVariables = completeVariables(folder, specification);
  return { environmentVariables, workFolder: folder.work, bundleFolder, module, export: exportName, taskId };
}
