// A shim that this agent started and that waits for its word; nothing of an attempt runs before it.
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { TowpathError } from '@towpath/core';
import { getBootId, getUptimeSeconds } from '../../host/boot.ts';
import { findProcess, type ProcessIdentity } from '../../host/process-identity.ts';
import type { ShimFile } from './attempt-folder.ts';
import { type ShimWatch, watchChild } from './shim-watch.ts';

export interface StartedShim {
  readonly identity: ProcessIdentity;
  readonly watch: ShimWatch;
  /** Says its one word and closes its input. */
  say(word: string): void;
  /** Closes its input without a word: it ends, and nothing was started. */
  dismiss(): void;
  hasEnded(): boolean;
}

export interface ShimRequest {
  /** Of `/bin/sh`: the script and what it gets. */
  readonly args: readonly string[];
  readonly workFolder: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Path of the log; its end is where output goes. */
  readonly log: string;
}

/**
 * Starts a shim in a session of its own. It does not keep this process alive.
 *
 * @throws TowpathError `SHIM_ENDED`, or the system's error when there can be no process
 */
export async function startShim(request: ShimRequest): Promise<StartedShim> {
  const child = await spawnShell(request);
  const watch = watchChild(child);
  // The pipe breaks when the shim was killed; that is seen as its end.
  child.stdin?.on('error', () => undefined);
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  const identity = child.pid === undefined ? undefined : findProcess(child.pid);
  if (identity === undefined) throw shellEnded();
  return {
    identity,
    watch,
    say: (word) => child.stdin?.end(word),
    dismiss: () => child.stdin?.destroy(),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** What is recorded of a shim; its time begins now. */
export function toShimFile({ identity }: StartedShim, epoch: number): ShimFile {
  return { ...identity, epoch, bootId: getBootId(), startedAtUptime: getUptimeSeconds() };
}

async function spawnShell({ args, workFolder, environmentVariables, log }: ShimRequest): Promise<ChildProcess> {
  const output = await open(log, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', [...args], {
      cwd: workFolder,
      env: environmentVariables,
      detached: true,
      stdio: ['pipe', output.fd, output.fd],
    });
    await new Promise<void>((done, failed) => child.once('spawn', done).once('error', failed));
    return child;
  } finally {
    await output.close();
  }
}

function shellEnded(): TowpathError {
  return new TowpathError({
    code: 'SHIM_ENDED',
    message: 'The shell that runs the attempt ended at once.',
    fix: 'Check that /bin/sh works on this host and that process limits (ulimit -u) leave room.',
  });
}
