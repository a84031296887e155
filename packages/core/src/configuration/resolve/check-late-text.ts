// A secret once it is fetched: only now its text is known, and what it names must be the environment's own like any other.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { EnvironmentDeclaration, ProjectDeclaration } from '../declaration.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import { createOwnershipTable } from '../rules/ownership.ts';
import { checkOwner } from './check-owner.ts';
import { checkValue } from './check-value.ts';

/** What is wrong with the text behind a variable's reference; no problem shows any of it. */
export function checkFetchedSecret(
  project: ProjectDeclaration,
  environment: EnvironmentDeclaration,
  reference: ResolvedValue,
  text: string,
): readonly ConfigProblem[] {
  const variable = project.variables.get(reference.name);
  if (variable === undefined) return [];
  const fetched = { ...reference, text, isSecret: true, secretReference: undefined };
  const { value, problems } = checkValue(variable, fetched, environment.name);
  const foreign = checkOwner(createOwnershipTable(project), environment, value);
  return foreign === undefined ? problems : [...problems, foreign];
}
