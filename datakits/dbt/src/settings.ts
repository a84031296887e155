// What a command line and the environment ask for, parsed once: all problems are told together.
import { isAbsolute } from 'node:path';
import { isListableModel, TowpathError } from '@towpath/core';
import { VARIABLES } from './variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Options as commander gives them. */
export interface GivenOptions {
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  /** Names with commas between; empty: none, as a parameter that names none arrives. */
  readonly fullRefresh?: string;
  readonly target?: string;
}

/** Where the control table is. */
export interface ControlSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly schema: string;
}

export interface Settings {
  readonly projectFolder: string;
  readonly profilesFolder: string;
  readonly python: string;
  readonly target: string;
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly fullRefresh: readonly string[];
  /** Undefined: nobody's run. */
  readonly runId: string | undefined;
  readonly control: ControlSettings;
}

/** What PostgreSQL takes without quoting, so that the documents' query finds it. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

/** Reads them. @throws TowpathError `SETTINGS_INVALID` with every problem */
export function readSettings(env: Environment, options: GivenOptions): Settings {
  const { select = [], exclude = [], target = env.DBT_TARGET ?? '' } = options;
  const fullRefresh = [...new Set((options.fullRefresh ?? '').split(',').flatMap((name) => name.trim() || []))];
  const control = readControl(env);
  const problems = [
    ...VARIABLES.filter(({ name, isRequired }) => isRequired && !env[name]).map(({ name }) => `${name} is not set.`),
    ...findTargetProblems(env.DBT_TARGET, options.target),
    ...fullRefresh.filter((name) => !isListableModel(name)).map((name) => `${JSON.stringify(name)} names no model.`),
    ...[...select, ...exclude].filter(isOption).map((word) => `${JSON.stringify(word)} is no selector.`),
    ...findControlProblems(control),
    ...['DBT_PROJECT_DIR', 'DBT_PROFILES_DIR'].flatMap((name) => findFolderProblem(name, env[name])),
  ];
  if (problems.length > 0) throw settingsInvalid(problems);
  const { DBT_PROJECT_DIR: projectFolder = '', DBT_PROFILES_DIR: profiles, DBT_PYTHON: python } = env;
  return {
    ...{ projectFolder, profilesFolder: profiles || projectFolder, python: python || 'python3' },
    ...{ target, select, exclude, fullRefresh, runId: env.TOWPATH_RUN_ID || undefined, control },
  };
}

function readControl(env: Environment): ControlSettings {
  const { WAREHOUSE_HOST: host = '', WAREHOUSE_DATABASE: database = '', WAREHOUSE_USER: user = '' } = env;
  const port = Number(env.WAREHOUSE_PORT || 5432);
  return {
    ...{ host, port, database, user },
    ...{ password: env.WAREHOUSE_PASSWORD || undefined, schema: env.CONTROL_SCHEMA || 'control' },
  };
}

function findControlProblems({ port, schema }: ControlSettings): readonly string[] {
  return [
    ...(Number.isInteger(port) && port > 0 && port < 65_536 ? [] : ['WAREHOUSE_PORT is no port.']),
    ...(SCHEMA.test(schema) ? [] : [`CONTROL_SCHEMA ${JSON.stringify(schema)} is no name of a schema.`]),
  ];
}

/** The platform derives the target from the environment; a second word about it can only be wrong. */
function findTargetProblems(derived: string | undefined, given: string | undefined): readonly string[] {
  if (!derived && !given) return ['DBT_TARGET is not set, and --target names none.'];
  if (!derived || given === undefined || derived === given) return [];
  return [`--target ${given} contradicts DBT_TARGET=${derived}, which follows from the environment.`];
}

function findFolderProblem(name: string, path: string | undefined): readonly string[] {
  return !path || isAbsolute(path) ? [] : [`${name} is no absolute path.`];
}

/** It would be read as an option of dbt's. */
function isOption(word: string): boolean {
  return word === '' || word.startsWith('-');
}

function settingsInvalid(problems: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'SETTINGS_INVALID',
    message: 'This can not be run.',
    cause: problems.join(' '),
    fix: 'Correct all of it; datakit.yaml says what each variable means.',
  });
}
