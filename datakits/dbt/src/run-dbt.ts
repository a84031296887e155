// dbt as a child process: no shell, output as it comes, and an end by TERM that cancels its queries.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { Environment, Settings } from './settings.ts';

/** How dbt ended: 0 well, 1 something failed, 2 it could not begin; null: by a signal. */
export type DbtExit = number | null;

/** dbt for one project, with a folder of its own for what it writes. */
export interface Dbt {
  /** Runs a command to its end. @throws TowpathError `DBT_MISSING`, `DBT_CANCELLED` */
  run(words: readonly string[]): Promise<DbtExit>;
  /** The same, and what it says is returned, not shown. @throws TowpathError `DBT_MISSING`, `DBT_CANCELLED` */
  ask(words: readonly string[]): Promise<{ readonly exit: DbtExit; readonly output: string }>;
  /** Text of a file it left in its target folder. Undefined: it left none. */
  findArtefact(name: string): Promise<string | undefined>;
  /** Forgets one, so that the next command's is no older one. */
  forgetArtefact(name: string): Promise<void>;
  close(): Promise<void>;
}

// Python ends at TERM where it stands, and PostgreSQL goes on with the statement. dbt cancels its queries at an interrupt only. An executor
// signals the whole process group, this datakit passes the signal on: the second one must not hit the cancelling.
const LAUNCH = `
import signal
def stop(*_):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
from dbt.cli.main import cli
cli(prog_name='dbt')
`;

/** Within the ten seconds that an executor gives after TERM, with time left to keep what is known. */
const GRACE_MS = 7_000;

/** Prepares it; nothing is started yet. */
export async function openDbt(settings: Settings, env: Environment, signal: AbortSignal): Promise<Dbt> {
  const folder = await mkdtemp(join(tmpdir(), 'datakit-dbt-'));
  const artefact = (name: string): string => join(folder, 'target', name);
  const { projectFolder, profilesFolder, target } = settings;
  const common = [
    ...['--project-dir', projectFolder, '--profiles-dir', profilesFolder, '--target', target],
    ...['--target-path', join(folder, 'target'), '--log-path', join(folder, 'logs'), '--no-use-colors'],
  ];
  const start = (words: readonly string[], onOutput?: (text: string) => void): Promise<DbtExit> => {
    const python = { path: settings.python, words: ['-c', LAUNCH, ...words, ...common], env: toChildEnvironment(env) };
    return runPython(python, signal, onOutput);
  };
  return {
    run: (words) => start(words),
    ask: async (words) => {
      let output = '';
      const exit = await start(words, (text) => {
        output += text;
      });
      return { exit, output };
    },
    findArtefact: (name) => readFile(artefact(name), 'utf8').catch(() => undefined),
    forgetArtefact: (name) => rm(artefact(name), { force: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Which models are made anew is said by words alone, and dbt tells nobody about itself. */
function toChildEnvironment({ DBT_FULL_REFRESH: _, ...env }: Environment): NodeJS.ProcessEnv {
  return { ...env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
}

interface Python {
  readonly path: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** In the process group of this one: what ends the group ends it. What it says is shown when nobody takes it. */
async function runPython(
  { path, words, env }: Python,
  signal: AbortSignal,
  onOutput?: (text: string) => void,
): Promise<DbtExit> {
  signal.throwIfAborted();
  const child = spawn(path, words, { env, stdio: ['ignore', onOutput ? 'pipe' : 'inherit', 'inherit'] });
  if (onOutput) child.stdout?.setEncoding('utf8').on('data', onOutput);
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const exit = await new Promise<DbtExit>((resolve, reject) => {
      child.once('error', (error) => reject(dbtMissing(path, error)));
      // Not 'exit': what it said last is read then.
      child.once('close', (code) => resolve(code));
    });
    return exit;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function dbtMissing(python: string, error: Error): TowpathError {
  return new TowpathError(
    {
      code: 'DBT_MISSING',
      message: `${python} can't be started.`,
      cause: error.message,
      fix: 'Set DBT_PYTHON to a Python that has dbt-core and the adapter of your warehouse.',
    },
    { cause: error },
  );
}
