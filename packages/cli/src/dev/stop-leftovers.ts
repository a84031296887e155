// What a killed `dev` left: PostgreSQL, and attempts under their shims. It is ended by the way everything is ended.

import { join } from 'node:path';
import { findLivePostmaster, stopPostmaster } from '../embedded-postgres/postmaster.ts';
import { findKilledInstance, type InstanceRecord, removeInstance } from '../instance/instance-record.ts';
import { getProject, type Project } from '../project/project-file.ts';
import { startInstance } from './start-instance.ts';

/**
 * Ends what an instance that was killed left running; false when none was killed here. The instance is started once
 * more for it: only an agent can adopt attempts and have them recorded as cancelled.
 */
export async function stopLeftovers(stateFolder: string): Promise<boolean> {
  const killed = findKilledInstance(stateFolder);
  if (!killed) return false;
  const project = findProject(killed);
  if (project) {
    const ports = { console: 0, postgres: 0, mock: 0 };
    const instance = await startInstance({ project, stateFolder, ports, mode: 'background', notify: () => undefined });
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

async function stopPostgresAlone(stateFolder: string): Promise<void> {
  const folder = join(stateFolder, 'postgres');
  const postmaster = await findLivePostmaster(folder);
  if (postmaster) await stopPostmaster(folder, postmaster);
}
