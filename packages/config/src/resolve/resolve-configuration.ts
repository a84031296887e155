// The configuration of one environment: its file is read, everything else is decided in core.
import { createHash } from 'node:crypto';
import {
  type ConfigProblem,
  createOwnershipTable,
  createProblem,
  DERIVED_VARIABLES,
  type DeclaredText,
  type EnvironmentDeclaration,
  findNearest,
  formatCanonicalJson,
  isReservedVariable,
  type OwnershipTable,
  type ProjectDeclaration,
  type ResolvedConfiguration,
  type ResolvedValue,
  resolveValues,
} from '@towpath/core';
import type { ParsedEnvFile } from '../env-file/parse-env-file.ts';
import { envFilePath, readEnvFile } from '../env-file/read-env-file.ts';
import { evaluateGuard } from '../guards/evaluate-guard.ts';
import type { Project } from '../project-file/read-project.ts';

/** What a configuration stands on, besides the files. */
export interface ConfigurationInputs {
  readonly project: Pick<Project, 'folder' | 'declaration'>;
  readonly environment: EnvironmentDeclaration;
  /** Values of `--set NAME=value`. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly processVariables: Readonly<Record<string, string | undefined>>;
  /** What `towpath dev` brings itself; stands above all else, templates included. */
  readonly devVariables?: Readonly<Record<string, string>> | undefined;
  /**
   * What a missing file means: `problem`, the rule; `none`, for an environment that runs without one (the laptop's own);
   * `unknown`, for checks where the files of other environments are not: what depends on the file is not judged.
   */
  readonly missingFile?: 'problem' | 'none' | 'unknown';
}

/** Resolves an environment's configuration; problems are in it, not thrown. Reads one file. */
export function resolveConfiguration(inputs: ConfigurationInputs): ResolvedConfiguration {
  return resolveWith(inputs, createOwnershipTable(inputs.project.declaration));
}

/** The same with a table of owners that is made once for several environments. */
export function resolveWith(inputs: ConfigurationInputs, ownership: OwnershipTable): ResolvedConfiguration {
  const { project, environment, missingFile = 'problem' } = inputs;
  const { declaration } = project;
  const file = findFile(inputs);
  const layers = {
    dev: toTexts(inputs.devVariables ?? {}, declaration),
    flag: toTexts(inputs.flags ?? {}, declaration),
    process: toTexts(inputs.processVariables, declaration),
    envFile: file?.values ?? new Map<string, DeclaredText>(),
  };
  // A missing file is told once; what has no value for want of it would say the same again.
  const mayMiss = file === undefined && missingFile !== 'none';
  const resolved = resolveValues({
    project: declaration,
    environment,
    layers,
    ownership,
    evaluate: evaluateGuard,
    mayMiss,
  });
  const problems = [
    ...checkFile(inputs, file, resolved.values),
    ...resolved.problems,
    ...checkProvider(environment, resolved.values),
  ];
  const notes = listUndeclared(inputs, file, problems);
  return { environment, ...resolved, problems, notes, hash: hashValues(environment, resolved.values) };
}

// Without variables nobody needs it; where environments are declared it is judged all the same.
function findFile({ project, environment }: ConfigurationInputs): ParsedEnvFile | undefined {
  const { variables, hasEnvironments } = project.declaration;
  if (!hasEnvironments && variables.size === 0) return NO_FILE;
  return readEnvFile(project.folder, environment.name) ?? (variables.size === 0 ? NO_FILE : undefined);
}

const NO_FILE: ParsedEnvFile = { values: new Map(), problems: [] };

// Only declared variables: nothing else of the process belongs to the configuration.
function toTexts(
  variables: Readonly<Record<string, string | undefined>>,
  { variables: declared }: ProjectDeclaration,
): ReadonlyMap<string, DeclaredText> {
  return new Map(
    [...declared.keys()].flatMap((name) => {
      const text = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return text === undefined ? [] : [[name, { text }]];
    }),
  );
}

function checkFile(
  { environment, project, missingFile = 'problem' }: ConfigurationInputs,
  file: ParsedEnvFile | undefined,
  values: ReadonlyMap<string, ResolvedValue>,
): readonly ConfigProblem[] {
  const path = envFilePath(environment.name);
  if (file === undefined)
    return missingFile === 'problem' ? [missing(inputsOf(project.declaration, values), environment.name)] : [];
  const broken = file.problems.map(({ line, expected }) =>
    createProblem({
      code: 'ENVIRONMENT_FILE_INVALID',
      environment: environment.name,
      place: { file: path, line },
      expected,
      message: `${path}:${line} can't be read: expected ${expected}.`,
    }),
  );
  const unset = [...project.declaration.variables.keys()].filter((name) => !values.has(name));
  return [
    ...broken,
    ...findContradicted(environment.name, file, values),
    ...findMisspelt(environment.name, file, unset, project.declaration),
  ];
}

// A copied file that still says ENVIRONMENT=prod: we don't read it, but whoever loads the file by dotenv does.
function findContradicted(
  environment: string,
  file: ParsedEnvFile,
  values: ReadonlyMap<string, ResolvedValue>,
): readonly ConfigProblem[] {
  return [...file.values].flatMap(([name, { text, place }]) => {
    const derived = values.get(name === 'PULUMI_STACK' ? DERIVED_VARIABLES.stack : name);
    if (text === '' || derived?.source !== 'derived' || derived.text === text) return [];
    return [
      createProblem({
        code: 'COMPUTED_CONTRADICTED',
        environment,
        variable: name,
        place,
        expected: derived.text,
        received: text,
        message: `${name} follows from the environment, but its file sets it to something else.`,
      }),
    ];
  });
}

function findMisspelt(
  environment: string,
  file: ParsedEnvFile,
  unset: readonly string[],
  { variables }: ProjectDeclaration,
): readonly ConfigProblem[] {
  if (unset.length === 0) return [];
  return [...file.values].flatMap(([name, { place }]) => {
    const nearest = variables.has(name) || isReservedVariable(name) ? undefined : findNearest(name, unset);
    if (nearest === undefined) return [];
    return [
      createProblem({
        code: 'VARIABLE_MISSPELT',
        environment,
        variable: name,
        place,
        expected: nearest,
        received: name,
        message: `${name} is no declared variable, and ${nearest} has no value.`,
        fix: `Did you mean ${nearest}?`,
      }),
    ];
  });
}

// With dotenv as provider the file also holds secrets, which references name.
function listUndeclared(
  { environment, project }: ConfigurationInputs,
  file: ParsedEnvFile | undefined,
  problems: readonly ConfigProblem[],
): readonly ConfigProblem[] {
  if (file === undefined || environment.secrets?.provider === 'dotenv') return [];
  const told = new Set(problems.filter(({ code }) => code === 'VARIABLE_MISSPELT').map(({ variable }) => variable));
  const unknown = [...file.values].filter(
    ([name]) => !project.declaration.variables.has(name) && !isReservedVariable(name) && !told.has(name),
  );
  return unknown.map(([name, { place }]) =>
    createProblem({
      code: 'VARIABLE_UNDECLARED',
      environment: environment.name,
      variable: name,
      place,
      expected: 'a declared variable',
      received: name,
      message: `${name} is no declared variable, so no task gets it.`,
    }),
  );
}

/** Required variables that nothing else sets. */
function inputsOf({ variables }: ProjectDeclaration, values: ReadonlyMap<string, ResolvedValue>): readonly string[] {
  return [...variables.values()]
    .filter(({ name, template, isRequired }) => template === undefined && isRequired && !values.has(name))
    .map(({ name }) => name);
}

/** More names than this say no more than that the file is needed. */
const SHOWN_NAMES = 8;

function missing(unset: readonly string[], environment: string): ConfigProblem {
  const path = envFilePath(environment);
  const names = [...unset.slice(0, SHOWN_NAMES), ...(unset.length > SHOWN_NAMES ? ['…'] : [])].join(', ');
  return createProblem({
    code: 'ENVIRONMENT_FILE_MISSING',
    environment,
    place: { file: path, line: 1 },
    expected: names === '' ? `a file ${path}` : `a file ${path} that sets ${names}`,
    message: `${path} is missing; it holds the values of ${environment}.`,
    fix: `cp config/.env.example ${path}, and fill it in.`,
  });
}

function checkProvider(
  { name, secrets, place }: EnvironmentDeclaration,
  values: ReadonlyMap<string, ResolvedValue>,
): readonly ConfigProblem[] {
  const referring = [...values.values()]
    .filter(({ secretReference }) => secretReference !== undefined)
    .map((value) => value.name);
  if (secrets !== undefined || referring.length === 0) return [];
  return [
    createProblem({
      code: 'SECRET_PROVIDER_MISSING',
      environment: name,
      place,
      expected: 'secrets: { provider: … }',
      message: `${referring.join(', ')} refer${referring.length === 1 ? 's' : ''} to secrets, but ${name} declares no provider.`,
    }),
  ];
}

// What is secret stays out: two deployments whose configuration differs in a rotated password are the same configuration.
function hashValues({ name }: EnvironmentDeclaration, values: ReadonlyMap<string, ResolvedValue>): string {
  const shown = [...values.values()].filter(
    ({ isSecret, secretReference }) => !isSecret || secretReference !== undefined,
  );
  const text = formatCanonicalJson({
    environment: name,
    values: Object.fromEntries(shown.map((value) => [value.name, value.text])),
  });
  return createHash('sha256').update(text).digest('hex');
}
