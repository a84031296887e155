import { getProject, type Project } from '@towpath/config';
import { TowpathError } from '@towpath/core';
import { formatPlace, type InstalledDatakit, openDatakitPlace } from '@towpath/datakit';

/**
 * What an image that was built here is called in the engine: `datakits/<name>:<version>`, and as the agents of this project's
 * environments of kind local ask for it, who take an image that no registry has.
 */
export function listEngineNames(cwd: string, { name, version }: InstalledDatakit): readonly string[] {
  const environments = [...(findProject(cwd)?.declaration.environments.values() ?? [])];
  const local = environments.filter(({ kind, registry }) => kind === 'local' && registry !== undefined);
  const access = { findCredentials: async () => undefined };
  const places = local.map((environment) => formatPlace(openDatakitPlace(environment, name, access)));
  return [...new Set([`datakits/${name}`, ...places])].map((repository) => `${repository}:${version}`);
}

/** A datakit may be built outside of any project. */
function findProject(cwd: string): Project | undefined {
  try {
    return getProject(cwd);
  } catch (thrown) {
    if (thrown instanceof TowpathError && thrown.code === 'PROJECT_MISSING') return undefined;
    throw thrown;
  }
}
