// A lock that names the process holding it, so that one left by a killed process is known as such and taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { getOwnIdentity, isProcessAlive } from './process-identity.ts';

const LockFile = z.object({ pid: z.number().int().positive(), startTime: z.string() });

/**
 * Takes the lock at `path`, whose folder is made when absent. Returns what gives it back, or undefined while another
 * living process holds it.
 */
export function takeProcessLock(path: string): (() => void) | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!tryCreate(path)) {
    if (isProcessLockHeld(path)) return undefined;
    rmSync(path, { force: true });
    if (!tryCreate(path)) return undefined;
  }
  return () => rmSync(path, { force: true });
}

/** Whether a living process holds the lock at `path`. */
export function isProcessLockHeld(path: string): boolean {
  try {
    return isProcessAlive(LockFile.parse(JSON.parse(readFileSync(path, 'utf8'))));
  } catch {
    // Absent, or not written by us: nobody holds it.
    return false;
  }
}

// Written aside and linked into place: a lock that is there is whole, and never taken for one of a killed process.
function tryCreate(path: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(getOwnIdentity()), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}
