// Where an agent keeps its attempts: a folder for each environment, since two agents can't share one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The state folder of an environment's agent. What earlier versions left in `agent`, where every environment's agent kept its attempts,
 * stays with the first agent that comes for it: it settles them. Where `npx towpath dev` has run, that folder is the instance's own.
 */
export function chooseAgentFolder(stateFolder: string, environment: string): string {
  const own = join(stateFolder, `agent-${environment}`);
  const earlier = join(stateFolder, 'agent');
  const isOfDev = existsSync(join(stateFolder, 'postgres'));
  if (existsSync(own) || isOfDev || !existsSync(earlier)) return own;
  return isTakenFor(join(earlier, 'environment'), environment) ? earlier : own;
}

/** The first one writes its name; the file is there whole or not at all. */
function isTakenFor(path: string, environment: string): boolean {
  try {
    writeFileSync(path, `${environment}\n`, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    return readFileSync(path, 'utf8').trim() === environment;
  }
}
