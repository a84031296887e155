// A datakit's own tests: the command of its manifest, in its folder, with its commands on the PATH.
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { splitCommand, TowpathError } from '@towpath/core';
import type { InstalledDatakit } from './manifest/read-datakits.ts';

export interface TestingOptions {
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** What the tests print, both streams. */
  readonly write: (bytes: Uint8Array) => void;
}

/** The exit code of the tests; 128 when a signal ended them. @throws TowpathError `DATAKIT_WITHOUT_TESTS`, `DATAKIT_TESTS_UNSTARTABLE` */
export async function runDatakitTests(datakit: InstalledDatakit, options: TestingOptions): Promise<number> {
  const { name, folder, executableFolder, tests } = datakit;
  if (tests === undefined) throw withoutTests(name);
  const [program = '', ...words] = splitCommand(tests);
  const path = [executableFolder, options.environmentVariables.PATH ?? ''].join(delimiter);
  const env = { ...options.environmentVariables, PATH: path };
  return await new Promise<number>((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
    });
    child.stdout.on('data', options.write);
    child.stderr.on('data', options.write);
    child.once('error', (thrown) => reject(options.signal.aborted ? thrown : unstartable(name, program, thrown)));
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : SIGNAL_EXIT)));
  });
}

/** As shells count an end by a signal; which one it was, the tests' own output tells. */
const SIGNAL_EXIT = 128;

function withoutTests(name: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_WITHOUT_TESTS',
    message: `${name} says nothing of its tests.`,
    cause: 'Its datakit.yaml has no `tests`.',
    fix: 'Add the command that runs them, such as `tests: node --test tests/`.',
  });
}

function unstartable(name: string, program: string, thrown: Error): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_TESTS_UNSTARTABLE',
    message: `The tests of ${name} can't be started.`,
    cause: `${program}: ${thrown.message}`,
    fix: 'Correct `tests` of its datakit.yaml, or install the program.',
  });
}
