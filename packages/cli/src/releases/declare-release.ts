// What a release declares, from the files of its commit alone: a value in a file that Git ignores is not the commit's.
import { envFilePath, type Project, resolveConfiguration } from '@towpath/config';
import {
  type CommittedEnvironment,
  type EnvironmentDeclaration,
  type ReleasedDeclaration,
  toReleasedDeclaration,
} from '@towpath/core';

/** The declaration of a project whose commit holds these files (relative to its folder, with `/`). */
export function declareRelease(project: Project, committed: ReadonlySet<string>): ReleasedDeclaration {
  const environments = [...project.declaration.environments.values()];
  return toReleasedDeclaration(
    project.declaration,
    environments.map((environment) => toCommitted(project, environment, committed)),
  );
}

function toCommitted(
  project: Project,
  environment: EnvironmentDeclaration,
  committed: ReadonlySet<string>,
): CommittedEnvironment {
  const { values } = resolveConfiguration({ project, environment, processVariables: {}, missingFile: 'unknown' });
  const isWhole = project.declaration.variables.size === 0 || committed.has(envFilePath(environment.name));
  return { environment, values, isWhole };
}
