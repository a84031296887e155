import { assertUsable, getProject, type Project, resolveConfiguration } from '@towpath/config';
import { TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/**
 * Stops a command that starts work in an environment of the project around it whose file of values is not there: what would run
 * was set up by nobody. `local` runs without one.
 *
 * @throws TowpathError `ENVIRONMENT_FILE_MISSING`
 */
export function refuseMissingFile(context: CommandContext, name: string): void {
  const project = findProject(context.cwd);
  const environment = project?.declaration.environments.get(name);
  if (project === undefined || environment === undefined || name === LOCAL_ENVIRONMENT) return;
  const { problems } = resolveConfiguration({ project, environment, processVariables: context.env });
  assertUsable({ environment, problems: problems.filter(({ code }) => code === 'ENVIRONMENT_FILE_MISSING') });
}

function findProject(folder: string): Project | undefined {
  try {
    return getProject(folder);
  } catch (thrown) {
    // A file that can't be read was told where the environment was selected; with a flag it need not be readable.
    if (thrown instanceof TowpathError) return undefined;
    throw thrown;
  }
}
