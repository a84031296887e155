// The configuration file (YAML, hence JSON too): what need not be typed or set each time. It comes last before the
// defaults, and never holds a password. All its problems are reported together, each with its place.
import { readFile } from 'node:fs/promises';
import { TowpathError } from '@towpath/core';
import { parse } from 'yaml';
import { type ColumnOptions, type ColumnOptionsByName, parseColumnOption } from './column-options.ts';
import { TABLE_SETTINGS, type TableTexts } from './table-settings.ts';

/** What the file says about one table, or about all: checked, not yet laid over each other. */
export interface TableConfig {
  readonly texts: TableTexts;
  readonly columns: ColumnOptionsByName;
  /** Name in the warehouse. */
  readonly targetTable?: string;
}

/** A read file. */
export interface DatakitConfig {
  /** Variables by name, for those that the environment does not set. */
  readonly settings: Readonly<Record<string, string>>;
  /** For every table. */
  readonly defaults: TableConfig;
  /** By source table, as `dbo.Products`. */
  readonly tables: ReadonlyMap<string, TableConfig>;
}

/** What holds without a file. */
export const EMPTY_CONFIG: DatakitConfig = {
  settings: {},
  defaults: { texts: {}, columns: new Map() },
  tables: new Map(),
};

/** Reads and checks a file. `known` are the variables that `settings` may name. Error: `CONFIG_FILE_INVALID`. */
export async function readConfigFile(path: string, known: ReadonlySet<string>): Promise<DatakitConfig> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw refuse(path, [error.message]);
  });
  const problems: string[] = [];
  const root = toRecord(parseText(path, text), '', problems);
  for (const key of Object.keys(root)) {
    if (!['settings', 'defaults', 'tables'].includes(key))
      problems.push(`${key} is unknown (settings, defaults, tables)`);
  }
  const config = {
    settings: readVariables(toRecord(root.settings, 'settings', problems), known, problems),
    defaults: readTable(root.defaults, 'defaults', problems),
    tables: readTables(toRecord(root.tables, 'tables', problems), problems),
  };
  if (problems.length > 0) throw refuse(path, problems);
  return config;
}

function parseText(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw refuse(path, [error instanceof Error ? error.message : String(error)]);
  }
}

type Values = Readonly<Record<string, unknown>>;

function toRecord(value: unknown, place: string, problems: string[]): Values {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  problems.push(`${place || 'the file'} must be a mapping`);
  return {};
}

function readVariables(values: Values, known: ReadonlySet<string>, problems: string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (name.endsWith('_PASSWORD')) problems.push(`settings.${name} is a secret; it belongs into the environment`);
    else if (!known.has(name)) problems.push(`settings.${name} is unknown`);
    else settings[name] = toText(value, `settings.${name}`, problems);
  }
  return settings;
}

function readTables(values: Values, problems: string[]): Map<string, TableConfig> {
  return new Map(Object.entries(values).map(([name, value]) => [name, readTable(value, `tables.${name}`, problems)]));
}

function readTable(value: unknown, place: string, problems: string[]): TableConfig {
  const { columns: ownColumns, targetTable: name, ...rest } = toRecord(value, place, problems);
  const columns = new Map<string, ColumnOptions>();
  readColumns(toRecord(ownColumns, `${place}.columns`, problems), { place, columns, problems });
  const texts: TableTexts = Object.fromEntries(
    Object.entries(rest).flatMap(([key, entry]) => {
      const text = readSetting({ key, entry, place }, problems);
      return text === undefined ? [] : [[key, text]];
    }),
  );
  if (name === undefined) return { texts, columns };
  if (place === 'defaults') problems.push('defaults.targetTable would give all tables one name');
  return { texts, columns, targetTable: toText(name, `${place}.targetTable`, problems) };
}

function readSetting(
  { key, entry, place }: { readonly key: string; readonly entry: unknown; readonly place: string },
  problems: string[],
): string | undefined {
  const setting = TABLE_SETTINGS.find((known) => known.key === key);
  if (!setting) {
    problems.push(`${place}.${key} is unknown`);
    return undefined;
  }
  const text = Array.isArray(entry) ? entry.map(quoteName).join(',') : toText(entry, `${place}.${key}`, problems);
  if (setting.isValid(text)) return text;
  problems.push(`${place}.${key} must be ${setting.expected}, not ${JSON.stringify(text)}`);
  return undefined;
}

interface ColumnReading {
  readonly place: string;
  readonly columns: Map<string, ColumnOptions>;
  readonly problems: string[];
}

function readColumns(values: Values, { place, columns, problems }: ColumnReading): void {
  for (const [column, options] of Object.entries(values)) {
    for (const [option, value] of Object.entries(toRecord(options, `${place}.columns.${column}`, problems))) {
      const parsed = parseColumnOption(option, toText(value, `${place}.columns.${column}.${option}`, problems));
      if ('problem' in parsed) problems.push(`${place}.columns.${column}: ${parsed.problem}`);
      else columns.set(column, { ...columns.get(column), ...parsed });
    }
  }
}

function quoteName(name: unknown): string {
  return `[${String(name).replaceAll(']', ']]')}]`;
}

function toText(value: unknown, place: string, problems: string[]): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  problems.push(`${place} must be a single value`);
  return '';
}

function refuse(path: string, problems: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'CONFIG_FILE_INVALID',
    message: `The configuration file ${path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}: ${problems.join('; ')}.`,
    fix: 'Correct it; docs/reference/datakit-sqlserver.md lists what it may hold.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
