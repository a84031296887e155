// Every environment of a project, and all of them against each other. Secrets are not needed: only their references are read.
import {
  type ConfigProblem,
  checkIdentities,
  createOwnershipTable,
  type EnvironmentDeclaration,
  type ResolvedConfiguration,
} from '@towpath/core';
import type { Project } from '../project-file/read-project.ts';
import { type ConfigurationInputs, resolveWith } from '../resolve/resolve-configuration.ts';

/** Every environment with its problems, those with other environments included. */
export interface ValidatedProject {
  readonly configurations: readonly ResolvedConfiguration[];
  readonly problems: readonly ConfigProblem[];
  /** Worth knowing; they stop nothing. */
  readonly notes: readonly ConfigProblem[];
}

/** How all are judged. */
export interface ValidateOptions {
  readonly missingFile?: 'problem' | 'unknown';
  readonly describe?: (
    environment: EnvironmentDeclaration,
  ) => Pick<ConfigurationInputs, 'devVariables' | 'missingFile'>;
}

/**
 * Resolves all environments in their order. Variables of this process don't count: they are those of one environment.
 * `missingFile: 'unknown'` judges only what is known where a file is not here; `describe` says what else an environment stands on.
 */
export function validateAll(
  project: Pick<Project, 'folder' | 'declaration'>,
  { missingFile = 'problem', describe = () => ({}) }: ValidateOptions = {},
): ValidatedProject {
  const { declaration } = project;
  const ownership = createOwnershipTable(declaration);
  const resolved = [...declaration.environments.values()].map((environment) =>
    resolveWith({ project, environment, processVariables: {}, missingFile, ...describe(environment) }, ownership),
  );
  const shared = checkIdentities(resolved, ownership);
  const configurations = resolved.map((configuration) => ({
    ...configuration,
    problems: [
      ...configuration.problems,
      ...shared.filter(({ environment }) => environment === configuration.environment.name),
    ],
  }));
  return {
    configurations,
    problems: configurations.flatMap(({ problems }) => problems),
    notes: configurations.flatMap(({ notes }) => notes),
  };
}
