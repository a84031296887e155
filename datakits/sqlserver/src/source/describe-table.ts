// The columns of a source table as the wire will carry them: an empty result of the same shape tells more truly than the
// catalogue what the reader will meet.
import { TowpathError } from '@towpath/core';
import type { TdsColumn, TdsConnection } from '@towpath/tds';
import { listTables } from './list-tables.ts';
import type { SourceTable } from './source-table.ts';

/** SQL Server error "Invalid object name". */
const INVALID_OBJECT = 208;

/** A column on the wire, and its type as the catalogue declares it (`timestamp` for rowversion, `hierarchyid` …). */
export interface SourceColumn extends TdsColumn {
  /** Undefined where the login can't see the declaration. */
  readonly declared?: string | undefined;
}

/** The columns in order. Errors: `SOURCE_TABLE_UNKNOWN` with the nearest names, and those of the connection. */
export async function describeTable(source: TdsConnection, table: SourceTable): Promise<readonly SourceColumn[]> {
  try {
    const { columns } = await source.query(`SELECT * FROM ${table.quoted} WHERE 1 = 0`);
    const declared = await readDeclaredTypes(source, table);
    return columns.map((column) => ({ ...column, declared: declared.get(column.name) }));
  } catch (error) {
    if (readServerErrorNumber(error) !== INVALID_OBJECT) throw error;
    throw await refuseUnknown(source, table);
  }
}

async function readDeclaredTypes(source: TdsConnection, table: SourceTable): Promise<ReadonlyMap<string, string>> {
  const { rows } = await source.query(
    `SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS
      WHERE TABLE_SCHEMA = ${quoteTsqlText(table.schema)} AND TABLE_NAME = ${quoteTsqlText(table.table)}`,
  );
  return new Map(rows.map(([name, type]) => [String(name), String(type).toLowerCase()]));
}

/** A text literal of T-SQL. */
export function quoteTsqlText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}

/** A column's name, quoted. Names come from the source itself, so they are valid. */
export function quoteColumn(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/** What is read of each column, in order. */
export interface SelectedColumn {
  readonly source: SourceColumn;
  readonly method: string | undefined;
}

/** The statement that reads a table in the order of the planned columns; `where` begins with a blank or is empty. */
export function formatSelect(table: SourceTable, columns: readonly SelectedColumn[], where = ''): string {
  const list = columns.map(({ source, method }) => {
    const name = quoteColumn(source.name);
    return method ? `${name}${method} AS ${name}` : name;
  });
  return `SELECT ${list.join(', ')} FROM ${table.quoted}${where}`;
}

/** Whether what the source sends is what was planned. */
export function isSameShape(planned: readonly SelectedColumn[], found: readonly TdsColumn[]): boolean {
  return planned.length === found.length && planned.every((column, index) => isSameColumn(column, found[index]));
}

function isSameColumn({ source: planned, method }: SelectedColumn, found: TdsColumn | undefined): boolean {
  if (!found || planned.name !== found.name) return false;
  if (method) return found.encoding === 'utf16le';
  return (
    planned.type === found.type &&
    planned.precision === found.precision &&
    planned.scale === found.scale &&
    planned.encoding === found.encoding
  );
}

/** SQL Server's number of a `TDS_SERVER_ERROR`, undefined for any other error. It leads the cause. */
export function readServerErrorNumber(error: unknown): number | undefined {
  if (!(error instanceof TowpathError) || error.code !== 'TDS_SERVER_ERROR') return undefined;
  const match = /^error (\d+)/.exec(error.reason ?? '');
  return match ? Number(match[1]) : undefined;
}

async function refuseUnknown(source: TdsConnection, table: SourceTable): Promise<TowpathError> {
  const tables = await listTables(source).catch(() => []);
  const names = tables.map((found) => `${found.schema}.${found.name}`);
  const near = names.filter((name) => distance(name.toLowerCase(), table.name.toLowerCase()) <= 3).slice(0, 3);
  return new TowpathError({
    code: 'SOURCE_TABLE_UNKNOWN',
    message: `The source has no table or view ${table.name}, or this login can't see it.`,
    cause: near.length > 0 ? `There is ${near.join(', ')}.` : `The login sees ${names.length} tables and views.`,
    fix: 'Check the name with `datakit-sqlserver discover`.',
  });
}

/** Levenshtein distance; names are short. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(replace, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
