// One instance per state folder: the lock file names the process that holds it.
import { join } from 'node:path';
import { isProcessLockHeld, takeProcessLock } from '@towpath/agent';
import { TowpathError } from '@towpath/core';

/**
 * Takes the lock of a state folder and returns the function that gives it back. A lock left by a killed process is
 * taken over: a process is known by pid and start time, so a reused pid is not mistaken for it.
 *
 * @throws TowpathError `INSTANCE_LOCKED`
 */
export function takeInstanceLock(stateFolder: string): () => void {
  const path = join(stateFolder, 'dev.lock');
  const release = takeProcessLock(path);
  if (!release) throw locked(path);
  return release;
}

/** Whether a live process holds the lock of a state folder: an instance runs, starts or stops there. */
export function isInstanceLocked(stateFolder: string): boolean {
  return isProcessLockHeld(join(stateFolder, 'dev.lock'));
}

function locked(path: string): TowpathError {
  return new TowpathError({
    code: 'INSTANCE_LOCKED',
    message: 'Another Towpath is starting for this folder.',
    cause: `${path} is held by a live process.`,
    fix: 'Wait for it, see it with `npx towpath status`, or end it with `npx towpath stop`.',
  });
}
