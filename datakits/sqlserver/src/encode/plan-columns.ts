// Decides, before a row is read, what the bronze table looks like: names, types, encoders; or lists all that stands
// against it.
import { TowpathError } from '@towpath/core';
import { type ColumnOptions, type ColumnOptionsByName, chooseColumnOptions } from '../settings/column-options.ts';
import type { SourceColumn } from '../source/describe-table.ts';
import { isSameName } from '../source/find-named.ts';
import type { CellEncoder } from './cell-encoder.ts';
import { type LargeForm, mapColumn, type Unmappable } from './map-column.ts';
import { type CellTexts, createCellTexts } from './target-texts.ts';

/** Lineage columns, in order, with their types. They come after the source's columns. */
export const LINEAGE_COLUMNS = [
  { name: '_loaded_at', postgresType: 'timestamp with time zone' },
  { name: '_source_system', postgresType: 'text' },
  { name: '_source_schema', postgresType: 'text' },
  { name: '_source_table', postgresType: 'text' },
  { name: '_batch_id', postgresType: 'uuid' },
] as const;

/** A column of a bronze table. `postgresType` is written as `format_type` does, so that it compares with the catalogue. */
export interface TargetColumn {
  readonly name: string;
  readonly postgresType: string;
}

/** One source column and what it becomes; a datetimeoffset becomes two columns. */
export interface PlannedColumn {
  readonly source: SourceColumn;
  readonly targets: readonly TargetColumn[];
  readonly encode: CellEncoder;
  /** How a cell beyond memory travels; undefined when it can't. */
  readonly large: LargeForm | undefined;
  /** The same values as text, for quarantine. */
  readonly toTexts: CellTexts;
  /** What the SELECT puts behind the column's name: `.ToString()`. */
  readonly method: string | undefined;
  /** How many values an option has changed so far. */
  readonly changed: { count: number };
}

/** PostgreSQL cuts longer names without asking (NAMEDATALEN). */
export const MAX_NAME_BYTES = 63;

/** Columns every PostgreSQL table has already (documentation, 5.6 System Columns). */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/** PostgreSQL's limit of columns of a table (documentation, appendix K); a source table may have 30,000 sparse ones. */
const MAX_COLUMNS = 1600;

const DOCS = 'reference/datakit-sqlserver.md';

/** What is said about the columns of one table. */
export interface ColumnChoices {
  readonly columns: ColumnOptionsByName;
  /** Columns that must exist. */
  readonly namedColumns: readonly string[];
}

/**
 * Plans the columns of a source table. Errors: `COLUMN_OPTION_UNKNOWN`, `TYPE_UNMAPPABLE`, `LINEAGE_COLUMN_CLASH`,
 * `COLUMN_NAME_CLASH`, `COLUMN_NAME_TOO_LONG`, `COLUMN_NAME_RESERVED`, `TOO_MANY_COLUMNS`, `NO_COLUMNS`.
 */
export function planColumns(
  table: string,
  columns: readonly SourceColumn[],
  choices: ColumnChoices = { columns: new Map(), namedColumns: [] },
): PlannedColumn[] {
  refuseUnknownOptions(table, columns, choices);
  const names = columns.map((column) => column.name);
  const planned: PlannedColumn[] = [];
  const unmappable: string[] = [];
  for (const source of columns) {
    const options = chooseColumnOptions(choices.columns, source.name, names);
    if (options.load === 'skip') continue;
    const column = planColumn(source, options);
    if ('problem' in column) unmappable.push(`${source.name} (${column.problem})`);
    else planned.push(column);
  }
  if (unmappable.length > 0) throw refuseTypes(table, unmappable);
  if (planned.length === 0) throw refuseNothing(table);
  refuseNames(table, planned);
  const count = planned.flatMap((column) => column.targets).length + LINEAGE_COLUMNS.length;
  if (count > MAX_COLUMNS) throw refuseCount(table, count);
  return planned;
}

function planColumn(source: SourceColumn, options: ColumnOptions): PlannedColumn | Unmappable {
  const changed = { count: 0 };
  const mapping = mapColumn(source, options, () => {
    changed.count++;
  });
  if ('problem' in mapping) return mapping;
  const name = options.rename ?? source.name.toLowerCase();
  const { postgresType, second, encode, method, large } = mapping;
  const first = { name, postgresType };
  const targets = second ? [first, { name: `${name}${second.suffix}`, postgresType: second.postgresType }] : [first];
  const toTexts = createCellTexts(source, mapping, options);
  return { source, targets, encode, large, toTexts, method, changed };
}

function refuseUnknownOptions(table: string, columns: readonly SourceColumn[], { namedColumns }: ColumnChoices): void {
  const unknown = namedColumns.filter((name) => !columns.some((column) => isSameName(column.name, name)));
  if (unknown.length === 0) return;
  throw new TowpathError({
    code: 'COLUMN_OPTION_UNKNOWN',
    message: `Options name columns that ${table} does not have: ${unknown.join(', ')}.`,
    cause: `It has ${columns.map((column) => column.name).join(', ')}.`,
    fix: 'Correct --column or the table in the configuration file.',
    docs: DOCS,
  });
}

function refuseTypes(table: string, unmappable: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'TYPE_UNMAPPABLE',
    message: `${table} has columns that bronze can't hold exactly: ${unmappable.join(', ')}.`,
    cause: 'Each type is mapped exactly or refused; no row was read.',
    fix: 'Set `load: skip`, `text` or `bytes` for such a column (--column <name>:load=skip, or the configuration file).',
    docs: DOCS,
  });
}

function refuseNothing(table: string): TowpathError {
  return new TowpathError({
    code: 'NO_COLUMNS',
    message: `Nothing of ${table} is left to load.`,
    cause: 'Every column of it is skipped.',
    fix: 'Take `load: skip` from a column (--column, or the configuration file), or leave the table out.',
    docs: DOCS,
  });
}

function refuseNames(table: string, planned: readonly PlannedColumn[]): void {
  const owners = new Map<string, string>();
  for (const { source, targets } of planned) {
    for (const { name } of targets) {
      refuseName(table, source.name, name);
      const owner = owners.get(name);
      if (owner !== undefined) throw refuseNameClash(table, [owner, source.name], name);
      owners.set(name, source.name);
    }
  }
}

function refuseName(table: string, column: string, name: string): void {
  if (SYSTEM_COLUMNS.has(name)) throw refuseReservedName(table, column);
  if (LINEAGE_COLUMNS.some((lineage) => lineage.name === name)) throw refuseLineageClash(table, column);
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw refuseLongName(table, name);
}

const RENAME_FIX = 'Give it another name with --column <name>:rename=<new name>, or in the configuration file.';

function refuseReservedName(table: string, column: string): TowpathError {
  return new TowpathError({
    code: 'COLUMN_NAME_RESERVED',
    message: `Column ${column} of ${table} is named like a system column of PostgreSQL.`,
    cause: `Every PostgreSQL table has ${[...SYSTEM_COLUMNS].join(', ')} of its own.`,
    fix: RENAME_FIX,
    docs: DOCS,
  });
}

function refuseCount(table: string, count: number): TowpathError {
  return new TowpathError({
    code: 'TOO_MANY_COLUMNS',
    message: `${table} would have ${count} columns in bronze; PostgreSQL allows ${MAX_COLUMNS}.`,
    cause: `${LINEAGE_COLUMNS.length} of them are lineage; each datetimeoffset becomes two.`,
    fix: 'Ingest several views at the source, each with a part of the columns and the key.',
    docs: DOCS,
  });
}

function refuseLineageClash(table: string, column: string): TowpathError {
  return new TowpathError({
    code: 'LINEAGE_COLUMN_CLASH',
    message: `Column ${column} of ${table} is named like a lineage column.`,
    cause: 'Every bronze table carries _loaded_at, _source_system, _source_schema, _source_table and _batch_id.',
    fix: RENAME_FIX,
    docs: DOCS,
  });
}

function refuseNameClash(table: string, columns: readonly [string, string], name: string): TowpathError {
  return new TowpathError({
    code: 'COLUMN_NAME_CLASH',
    message: `Columns ${columns[0]} and ${columns[1]} of ${table} would both be named ${name}.`,
    cause: 'Column names are lower-cased in bronze.',
    fix: RENAME_FIX,
    docs: DOCS,
  });
}

function refuseLongName(table: string, name: string): TowpathError {
  return new TowpathError({
    code: 'COLUMN_NAME_TOO_LONG',
    message: `Column ${name} of ${table} has more than ${MAX_NAME_BYTES} bytes.`,
    cause: 'PostgreSQL would cut the name.',
    fix: RENAME_FIX,
    docs: DOCS,
  });
}
