// What a command is told, from all doors: command line > environment > configuration file > default. Settings of the
// connections become one environment; settings of a table are laid over each other by key.
import { TowpathError } from '@towpath/core';
import { findNamed } from '../source/find-named.ts';
import type { SourceTable } from '../source/source-table.ts';
import {
  type ColumnOptions,
  type ColumnOptionsByName,
  mergeColumnOptions,
  parseColumnArgument,
} from './column-options.ts';
import { type DatakitConfig, EMPTY_CONFIG, readConfigFile } from './config-file.ts';
import { type Environment, readSettings, type Settings } from './read-settings.ts';
import { TABLE_SETTINGS, type TableOptions, type TableTexts, toTableOptions } from './table-settings.ts';
import { VARIABLES } from './variables.ts';

/** Options as commander hands them over: by name in camel case. */
export type CliOptions = Readonly<Record<string, unknown>>;

/** Everything said about the connections and the tables. */
export interface Configuration {
  /** The environment, with the command line above and the file below it. */
  readonly env: Environment;
  readonly config: DatakitConfig;
}

/** Flags that stand for a variable. */
const FLAG_VARIABLES: Readonly<Record<string, string>> = {
  server: 'MSSQL_SERVER',
  database: 'MSSQL_DATABASE',
  auth: 'MSSQL_AUTH_TYPE',
  username: 'MSSQL_USERNAME',
  password: 'MSSQL_PASSWORD',
};

const KNOWN: ReadonlySet<string> = new Set(VARIABLES.map(({ name }) => name));

/** Reads the file, when there is one, and joins. Error: `CONFIG_FILE_INVALID`. */
export async function readConfiguration(env: Environment, cli: CliOptions): Promise<Configuration> {
  const path = typeof cli.config === 'string' ? cli.config : env.DATAKIT_CONFIG;
  const config = path ? await readConfigFile(path, KNOWN) : EMPTY_CONFIG;
  const flags = Object.entries(FLAG_VARIABLES).flatMap(([flag, variable]) => {
    const value = cli[flag];
    return typeof value === 'string' ? [[variable, value] as const] : [];
  });
  // An empty variable counts as not set, as it does everywhere else.
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return { env: { ...config.settings, ...Object.fromEntries(set), ...Object.fromEntries(flags) }, config };
}

/** The same, with the settings of both connections. Errors: `CONFIG_FILE_INVALID`, `SETTINGS_INVALID`. */
export async function readLoadConfiguration(
  env: Environment,
  cli: CliOptions,
): Promise<Configuration & { readonly settings: Settings }> {
  const configuration = await readConfiguration(env, cli);
  return { ...configuration, settings: readSettings(configuration.env) };
}

/** How a table is loaded, and its name in the warehouse when the file gives one. */
export interface TableChoice {
  readonly options: TableOptions;
  readonly targetTable: string | undefined;
}

/** Lays the doors over each other for one table. Error: `USAGE_INVALID` for a flag with a wrong value. */
export function chooseTableOptions({ env, config }: Configuration, cli: CliOptions, source: SourceTable): TableChoice {
  const named = findNamed([...config.tables], source.name, ([name]) => name);
  const own = named?.[1];
  const texts: TableTexts = {
    ...config.defaults.texts,
    ...own?.texts,
    ...readVariableTexts(env),
    ...readFlagTexts(cli),
  };
  const columns = mergeColumnOptions(own?.columns ?? new Map(), readFlagColumns(cli));
  return {
    options: toTableOptions(texts, mergeColumnOptions(config.defaults.columns, columns), [...columns.keys()]),
    targetTable: own?.targetTable,
  };
}

// A variable that the file's `settings` gave lies in `env` too; it is more general than a table's own words, but nobody
// sets it both ways in one file.
function readVariableTexts(env: Environment): TableTexts {
  const found = TABLE_SETTINGS.flatMap(({ key, variable }) => {
    const text = variable ? env[variable] : undefined;
    return text ? [[key, text] as const] : [];
  });
  return Object.fromEntries(found);
}

function readFlagTexts(cli: CliOptions): TableTexts {
  const found = TABLE_SETTINGS.flatMap(({ key, flag, expected, isValid }) => {
    const text = cli[key];
    if (typeof text !== 'string') return [];
    if (!isValid(text)) throw refuseFlag(`${flag} must be ${expected}, not ${JSON.stringify(text)}`);
    return [[key, text] as const];
  });
  return Object.fromEntries(found);
}

function readFlagColumns(cli: CliOptions): ColumnOptionsByName {
  const columns = new Map<string, ColumnOptions>();
  for (const text of Array.isArray(cli.column) ? cli.column : []) {
    const parsed = parseColumnArgument(String(text));
    if ('problem' in parsed) throw refuseFlag(`--column ${parsed.problem}`);
    columns.set(parsed.column, { ...columns.get(parsed.column), ...parsed.options });
  }
  return columns;
}

function refuseFlag(what: string): TowpathError {
  return new TowpathError({
    code: 'USAGE_INVALID',
    message: `This command line can't be read: ${what}`,
    fix: 'Run `datakit-sqlserver --help`.',
  });
}
