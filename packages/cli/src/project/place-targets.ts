import { resolve } from 'node:path';
import type { AgentTarget } from '@towpath/agent';

/** Folders are the project's, wherever a command was started: what is claimed from one place must be asserted from any other. */
export function placeTargets(projectFolder: string, targets: readonly AgentTarget[]): readonly AgentTarget[] {
  return targets.map((target) =>
    target.type === 'folder' ? { ...target, location: resolve(projectFolder, target.location) } : target,
  );
}
