// Decides, before a row is read, what the bronze table looks like: names, types, encoders; or lists all that stands
// against it.
import { TowpathError } from '@towpath/core';
import type { TdsColumn } from '@towpath/tds';
import type { CellEncoder } from './cell-encoder.ts';
import { mapColumn } from './map-column.ts';

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
  readonly source: TdsColumn;
  readonly targets: readonly TargetColumn[];
  readonly encode: CellEncoder;
}

/** The suffix of the second column of a datetimeoffset. */
const OFFSET_SUFFIX = '_offset_minutes';

/** PostgreSQL cuts longer names without asking (NAMEDATALEN). */
export const MAX_NAME_BYTES = 63;

/** Columns every PostgreSQL table has already (documentation, 5.6 System Columns). */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/** PostgreSQL's limit of columns of a table (documentation, appendix K); a source table may have 30,000 sparse ones. */
const MAX_COLUMNS = 1600;

const DOCS = 'reference/datakit-sqlserver.md';

/**
 * Plans the columns of a source table. Errors: `TYPE_UNMAPPABLE`, `LINEAGE_COLUMN_CLASH`, `COLUMN_NAME_CLASH`,
 * `COLUMN_NAME_TOO_LONG`, `COLUMN_NAME_RESERVED`, `TOO_MANY_COLUMNS`.
 */
export function planColumns(table: string, columns: readonly TdsColumn[]): PlannedColumn[] {
  const planned: PlannedColumn[] = [];
  const unmappable: string[] = [];
  for (const source of columns) {
    const mapping = mapColumn(source);
    if ('problem' in mapping) unmappable.push(`${source.name} (${mapping.problem})`);
    else planned.push({ source, targets: nameTargets(source, mapping.postgresType), encode: mapping.encode });
  }
  if (unmappable.length > 0) throw refuseTypes(table, unmappable);
  refuseNames(table, planned);
  const count = planned.flatMap((column) => column.targets).length + LINEAGE_COLUMNS.length;
  if (count > MAX_COLUMNS) throw refuseCount(table, count);
  return planned;
}

function nameTargets(source: TdsColumn, postgresType: string): TargetColumn[] {
  const name = source.name.toLowerCase();
  const first = { name, postgresType };
  if (source.type !== 'datetimeoffset') return [first];
  return [first, { name: `${name}${OFFSET_SUFFIX}`, postgresType: 'smallint' }];
}

function refuseTypes(table: string, unmappable: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'TYPE_UNMAPPABLE',
    message: `${table} has columns that bronze can't hold exactly: ${unmappable.join(', ')}.`,
    cause: 'Each type is mapped exactly or refused; no row was read.',
    fix: 'Ingest a view at the source that casts these columns (for example to nvarchar or varbinary) or leaves them out.',
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

const VIEW_FIX = 'Ingest a view at the source that gives the column another name.';

function refuseReservedName(table: string, column: string): TowpathError {
  return new TowpathError({
    code: 'COLUMN_NAME_RESERVED',
    message: `Column ${column} of ${table} is named like a system column of PostgreSQL.`,
    cause: `Every PostgreSQL table has ${[...SYSTEM_COLUMNS].join(', ')} of its own.`,
    fix: VIEW_FIX,
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
    fix: VIEW_FIX,
    docs: DOCS,
  });
}

function refuseNameClash(table: string, columns: readonly [string, string], name: string): TowpathError {
  return new TowpathError({
    code: 'COLUMN_NAME_CLASH',
    message: `Columns ${columns[0]} and ${columns[1]} of ${table} would both be named ${name}.`,
    cause: 'Column names are lower-cased in bronze.',
    fix: VIEW_FIX,
    docs: DOCS,
  });
}

function refuseLongName(table: string, name: string): TowpathError {
  return new TowpathError({
    code: 'COLUMN_NAME_TOO_LONG',
    message: `Column ${name} of ${table} has more than ${MAX_NAME_BYTES} bytes.`,
    cause: 'PostgreSQL would cut the name.',
    fix: VIEW_FIX,
    docs: DOCS,
  });
}
