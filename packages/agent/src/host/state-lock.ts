// One agent per state folder: two would take each other's attempts for leftovers and end them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import { getOwnIdentity, isProcessAlive } from './process-identity.ts';

const LockFile = z.object({ pid: z.number().int().positive(), startTime: z.string() });

/**
 * Takes the lock and returns what gives it back. The lock of a killed agent is taken over.
 *
 * @throws TowpathError `AGENT_STATE_LOCKED`
 */
export function lockState(stateFolder: string): () => void {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const path = join(stateFolder, 'agent.lock');
  if (!tryCreate(path)) {
    if (isHeld(path)) throw locked(stateFolder);
    rmSync(path, { force: true });
    if (!tryCreate(path)) throw locked(stateFolder);
  }
  return () => rmSync(path, { force: true });
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
    return isProcessAlive(LockFile.parse(JSON.parse(readFileSync(path, 'utf8'))));
  } catch {
    // Half-written by an agent that was killed right there, or already removed.
    return false;
  }
}

function locked(stateFolder: string): TowpathError {
  return new TowpathError({
    code: 'AGENT_STATE_LOCKED',
    message: 'Another agent works with this state folder.',
    cause: `${join(stateFolder, 'agent.lock')} is held by a live process.`,
    fix: 'Stop that agent, or give this one another folder (--state).',
  });
}
