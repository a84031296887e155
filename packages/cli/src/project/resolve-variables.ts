// The values of one environment: process > config/.env.<environment> > towpath.yaml > default, or the file first where the
// project says `fileWins`. Computed values follow from the others; an unset input is an error, never an empty word.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Project } from '@towpath/config';
import {
  type EnvironmentDeclaration,
  findNearest,
  TOWPATH,
  TowpathError,
  type VariableDeclaration,
} from '@towpath/core';

/** What decides. */
export interface ResolveInputs {
  readonly environment: string;
  readonly processVariables: Readonly<Record<string, string | undefined>>;
  /** On a laptop `dev` gives `local` its values; its file may be missing. */
  readonly isFileOptional?: boolean;
}

/** Values by variable; secrets are in it. */
export type ResolvedVariables = Readonly<Record<string, string>>;

/**
 * Resolves all declared variables of an environment.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_FILE_MISSING`, `VARIABLES_UNSET` with all of them
 */
export function resolveVariables(project: Project, inputs: ResolveInputs): ResolvedVariables {
  const declared = getEnvironment(project, inputs.environment);
  const { variables, fileWins } = project.declaration;
  if (variables.size === 0) return {};
  const file = readValueFile(project, inputs);
  const { processVariables: process, environment } = inputs;
  const layers = fileWins ? [file, process] : [process, file];
  const given: Record<string, string> = { ENVIRONMENT: environment };
  for (const [name, variable] of variables) {
    const value = layers.map((layer) => layer[name]).find((text) => text !== undefined && text !== '');
    const text = value ?? declared.values.get(name)?.text ?? variable.default?.text;
    if (text !== undefined && variable.template === undefined) given[name] = text;
  }
  return finish(variables, given, environment);
}

/**
 * An environment of the project.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`
 */
export function getEnvironment({ declaration }: Project, name: string): EnvironmentDeclaration {
  const { environments } = declaration;
  const found = environments.get(name);
  if (found !== undefined) return found;
  const known = [...environments.keys()];
  const nearest = findNearest(name, known);
  throw new TowpathError({
    code: 'ENVIRONMENT_UNKNOWN',
    message: `towpath.yaml declares no environment ${JSON.stringify(name.slice(0, 100))}.`,
    cause: known.length === 0 ? 'It declares none.' : `It declares ${known.join(', ')}.`,
    fix: nearest === undefined ? 'Set ENVIRONMENT to one of them, or declare it.' : `Did you mean ${nearest}?`,
  });
}

function readValueFile({ folder }: Project, { environment, isFileOptional }: ResolveInputs): NodeJS.Dict<string> {
  const path = `config/.env.${environment}`;
  try {
    return parseEnv(readFileSync(join(folder, path), 'utf8'));
  } catch (thrown) {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (!isMissing) throw thrown;
    if (isFileOptional) return {};
    throw new TowpathError({
      code: 'ENVIRONMENT_FILE_MISSING',
      message: `[${environment.toUpperCase()}] ${path} is missing.`,
      cause: `towpath.yaml declares variables, and ${join(folder, path)} holds their values for ${environment}.`,
      fix: `cp config/.env.example ${path}, and fill it in.`,
    });
  }
}

// Computed values may stand on each other, in any order.
function finish(
  variables: ReadonlyMap<string, VariableDeclaration>,
  given: Readonly<Record<string, string>>,
  environment: string,
): ResolvedVariables {
  const values = { ...given };
  const unset = new Set<string>();
  const compute = (name: string, path: readonly string[]): string | undefined => {
    const template = variables.get(name)?.template?.text;
    if (values[name] !== undefined || template === undefined || path.includes(name)) return values[name];
    const inputs = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, input = '']) => input);
    const missing = inputs.filter((input) => compute(input, [...path, name]) === undefined);
    for (const input of missing) unset.add(input);
    if (missing.length === 0)
      values[name] = template.replace(/\$\{(\w+)\}/g, (_, input: string) => values[input] ?? '');
    return values[name];
  };
  for (const [name, { isRequired }] of variables) if (compute(name, []) === undefined && isRequired) unset.add(name);
  if (unset.size > 0) throw unsetVariables([...unset], environment);
  return values;
}

function unsetVariables(names: readonly string[], environment: string): TowpathError {
  return new TowpathError({
    code: 'VARIABLES_UNSET',
    message: `[${environment.toUpperCase()}] ${names.length === 1 ? 'A variable has' : 'Variables have'} no value: ${names.join(', ')}.`,
    cause: 'Neither the process, nor its file, nor towpath.yaml gives one.',
    fix: `Set them in config/.env.${environment}; config/.env.example lists all. Then \`${TOWPATH} agent\` again.`,
  });
}
