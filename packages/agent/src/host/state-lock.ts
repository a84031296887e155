// One agent per state folder: two would take each other's attempts for leftovers and end them.
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import { takeProcessLock } from './process-lock.ts';

/**
 * Takes the lock and returns what gives it back. The lock of a killed agent is taken over.
 *
 * @throws TowpathError `AGENT_STATE_LOCKED`
 */
export function lockState(stateFolder: string): () => void {
  const release = takeProcessLock(join(stateFolder, 'agent.lock'));
  if (!release) throw locked(stateFolder);
  return release;
}

function locked(stateFolder: string): TowpathError {
  return new TowpathError({
    code: 'AGENT_STATE_LOCKED',
    message: 'Another agent works with this state folder.',
    cause: `${join(stateFolder, 'agent.lock')} is held by a live process.`,
    fix: 'Stop that agent, or give this one another folder (--state).',
  });
}
