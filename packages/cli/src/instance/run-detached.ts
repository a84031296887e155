// The same command again in the background: it reports by message when it is ready, then nothing ties it to us.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';

/** Where a background process writes, relative to the state folder. */
export interface DetachOptions {
  readonly stateFolder: string;
  readonly logFile: string;
}

/**
 * Starts this very command without `--detach` in a session of its own and prints its message when it is ready.
 *
 * @throws TowpathError `BACKGROUND_START_FAILED` with the end of its log
 */
export async function runDetached(context: CommandContext, options: DetachOptions): Promise<void> {
  mkdirSync(options.stateFolder, { recursive: true, mode: 0o700 });
  const path = join(options.stateFolder, options.logFile);
  const log = openSync(path, 'w', 0o600);
  const args = [...process.execArgv, ...process.argv.slice(1).filter((arg) => arg !== '--detach')];
  const child = spawn(process.execPath, args, { cwd: context.cwd, detached: true, stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  const message = await new Promise<string | undefined>((resolve) => {
    child.once('message', (text) => resolve(String(text)));
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
    context.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  });
  if (message === undefined) throw startFailed(path);
  context.out(message);
  child.disconnect();
  child.unref();
}

function startFailed(path: string): TowpathError {
  return new TowpathError({
    code: 'BACKGROUND_START_FAILED',
    message: 'It did not start in the background.',
    cause: readFileSync(path, 'utf8').trim().slice(-2000) || 'It wrote nothing.',
    fix: 'Start it in the foreground, without --detach, to see more.',
  });
}
