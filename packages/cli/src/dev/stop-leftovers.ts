// What a killed `dev` left: PostgreSQL, and attempts under their shims. It is ended by the way everything is ended.

import { join } from 'node:path';
import { getProject, type Project } from '@towpath/config';
import { findLivePostmaster, stopPostmaster } from '../embedded-postgres/postmaster.ts';
import { findKilledInstance, type InstanceRecord, removeInstance } from '../instance/instance-record.ts';
import { isInstanceLocked } from './instance-lock.ts';
import { startInstance } from './start-instance.ts';

/**
 * Ends what an instance that was killed left running; false when there is nothing. The instance is started once more
 * for it: only an agent can adopt attempts and have them recorded as cancelled. One killed while it started has not
 * said yet that it runs; all it can have left is PostgreSQL.
 */
export async function stopLeftovers(stateFolder: string): Promise<boolean> {
  if (isInstanceLocked(stateFolder)) return false;
  const killed = findKilledInstance(stateFolder);
  if (!killed) return await stopPostgresAlone(stateFolder);
  const project = findProject(killed);
  if (project) {
    const ports = { console: 0, postgres: 0, mock: 0 };
    const instance = await startInstance({
      project,
      stateFolder,
      ports,
      processVariables: {},
      mode: 'background',
      notify: () => undefined,
    });
    await instance.stop();
  } else {
    await stopPostgresAlone(stateFolder);
    removeInstance(stateFolder);
  }
  return true;
}

function findProject({ projectFolder }: InstanceRecord): Project | undefined {
  try {
    return getProject(projectFolder);
  } catch {
    // The project was moved or removed since; without it there is nothing an agent could be started for.
    return undefined;
  }
}

async function stopPostgresAlone(stateFolder: string): Promise<boolean> {
  const folder = join(stateFolder, 'postgres');
  const postmaster = await findLivePostmaster(folder);
  if (postmaster) await stopPostmaster(folder, postmaster);
  return postmaster !== undefined;
}
