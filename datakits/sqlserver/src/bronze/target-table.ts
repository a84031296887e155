// The name of a bronze table: `<schema>_<table>` of the source, in lower case, usable without quotes.
import { TowpathError } from '@towpath/core';
import { MAX_NAME_BYTES } from '../encode/plan-columns.ts';
import type { SourceTable } from '../source/source-table.ts';

/** A table in the warehouse. */
export interface TargetTable {
  readonly schema: string;
  readonly table: string;
  /** `bronze.dbo_products`: how it is shown and recorded. */
  readonly name: string;
}

/** What the command line may say about the target. */
export interface TargetOptions {
  readonly targetSchema: string;
  readonly targetTable: string | undefined;
}

/** The target of a source table. Errors: `TARGET_NAME_TOO_LONG`, `TARGET_NAME_INVALID`, `TARGET_SCHEMA_RESERVED`. */
export function nameTarget(source: SourceTable, options: TargetOptions): TargetTable {
  const table = options.targetTable ?? toBronzeName(`${source.schema}_${source.table}`);
  if (Buffer.byteLength(table) > MAX_NAME_BYTES) throw refuseLongName(source, table);
  checkName('--target-table', table);
  checkName('--target-schema', options.targetSchema);
  checkSchema(options.targetSchema);
  return { schema: options.targetSchema, table, name: `${options.targetSchema}.${table}` };
}

/** Reads `bronze.dbo_products`, as audit and quarantine name a target. Errors as `nameTarget`. */
export function readTargetName(name: string): TargetTable {
  const [schema = '', table = ''] = name.split('.');
  checkName('the table of', table);
  checkName('the schema of', schema);
  checkSchema(schema);
  return { schema, table, name: `${schema}.${table}` };
}

/** Lower case; anything but letters, digits and underscores becomes an underscore. */
function toBronzeName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9_]/gu, '_');
}

function checkName(option: string, name: string): void {
  if (/^[a-z0-9_]{1,63}$/.test(name)) return;
  throw new TowpathError({
    code: 'TARGET_NAME_INVALID',
    message: `${option} ${JSON.stringify(name)} is not a name for a bronze table.`,
    cause: 'Bronze names have 1 to 63 characters out of a-z, 0-9 and underscore, so that they work without quotes.',
    fix: `Choose such a name for ${option}.`,
  });
}

function checkSchema(name: string): void {
  if (!name.startsWith('pg_') && name !== 'information_schema') return;
  throw new TowpathError({
    code: 'TARGET_SCHEMA_RESERVED',
    message: `--target-schema ${name} belongs to PostgreSQL.`,
    cause: 'PostgreSQL keeps information_schema and all names that begin with pg_ for itself.',
    fix: 'Choose another schema; bronze when not set.',
  });
}

function refuseLongName(source: SourceTable, table: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_NAME_TOO_LONG',
    message: `The bronze name of ${source.name} would have ${Buffer.byteLength(table)} bytes; PostgreSQL keeps ${MAX_NAME_BYTES}.`,
    cause: `The name is ${table}.`,
    fix: 'Give a shorter one with --target-table.',
  });
}

/** Quotes one PostgreSQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes `schema.table`. */
export function quoteTable(schema: string, table: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
}
