// Every environment of a project, and all of them against each other. Secrets are not needed: only their references are read.
import { type ConfigProblem, checkIdentities, createOwnershipTable, type ResolvedConfiguration } from '@towpath/core';
import type { Project } from '../project-file/read-project.ts';
import { resolveWith } from '../resolve/resolve-configuration.ts';

/** Every environment with its problems, those with other environments included. */
export interface ValidatedProject {
  readonly configurations: readonly ResolvedConfiguration[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Resolves all environments in their order. Variables of this process don't count: they are those of one environment.
 * `missingFile: 'unknown'` judges only what is known where a file is not here.
 */
export function validateAll(
  project: Pick<Project, 'folder' | 'declaration'>,
  { missingFile = 'problem' }: { readonly missingFile?: 'problem' | 'unknown' } = {},
): ValidatedProject {
  const { declaration } = project;
  const ownership = createOwnershipTable(declaration);
  const resolved = [...declaration.environments.values()].map((environment) =>
    resolveWith({ project, environment, processVariables: {}, missingFile }, ownership),
  );
  const shared = checkIdentities(resolved, ownership);
  const configurations = resolved.map((configuration) => ({
    ...configuration,
    problems: [
      ...configuration.problems,
      ...shared.filter(({ environment }) => environment === configuration.environment.name),
    ],
  }));
  return { configurations, problems: configurations.flatMap(({ problems }) => problems) };
}
