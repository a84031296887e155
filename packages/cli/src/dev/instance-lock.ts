// One instance per state folder: the lock file names the process that holds it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getOwnIdentity, isProcessAlive } from '@towpath/agent';
import { TowpathError } from '@towpath/core';

/**
 * Takes the lock of a state folder and returns the function that gives it back. A lock left by a killed process is
 * taken over: a process is known by pid and start time, so a reused pid is not mistaken for it.
 *
 * @throws TowpathError `INSTANCE_LOCKED`
 */
export function takeInstanceLock(stateFolder: string): () => void {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const path = join(stateFolder, 'dev.lock');
  if (!tryCreate(path)) {
    if (isHeld(path)) throw locked(path);
    rmSync(path, { force: true });
    if (!tryCreate(path)) throw locked(path);
  }
  return () => rmSync(path, { force: true });
}

/** Whether a live process holds the lock of a state folder: an instance runs, starts or stops there. */
export function isInstanceLocked(stateFolder: string): boolean {
  return isHeld(join(stateFolder, 'dev.lock'));
}

function tryCreate(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(getOwnIdentity()), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw thrown;
  }
}

function isHeld(path: string): boolean {
  try {
    return isProcessAlive(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Half-written by a process that was killed right there, or already removed.
    return false;
  }
}

function locked(path: string): TowpathError {
  return new TowpathError({
    code: 'INSTANCE_LOCKED',
    message: 'Another Towpath is starting for this folder.',
    cause: `${path} is held by a live process.`,
    fix: 'Wait for it, see it with `npx towpath status`, or end it with `npx towpath stop`.',
  });
}
