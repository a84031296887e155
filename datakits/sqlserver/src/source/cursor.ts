// The cursor of an incremental load: which column, where to read from and up to. Its value is kept as the source's own
// text, never as a number or Date of JavaScript, so that nothing is rounded between two loads.
import { TowpathError } from '@towpath/core';
import type { CellValue, TdsConnection } from '@towpath/tds';
import type { TableOptions } from '../settings/table-settings.ts';
import { quoteColumn, type SourceColumn } from './describe-table.ts';
import { findNamed } from './find-named.ts';
import type { SourceTable } from './source-table.ts';

/** A column that grows with each change: by the server (rowversion) or by the application (watermark). */
export interface Cursor {
  readonly column: SourceColumn;
  readonly kind: 'rowversion' | 'watermark';
  /** What a watermark reads again: seconds of a time, days of a date, units of a number. */
  readonly overlap: number;
}

// Longer than a transaction usually lasts, and little to read again: the rows are told apart by their key.
const OVERLAP_SECONDS = 300;
const OVERLAP_DAYS = 1;
const OVERLAP_UNITS = 1_000;

const INTEGERS: readonly string[] = ['tinyint', 'smallint', 'int', 'bigint'];
const DECIMALS: readonly string[] = ['decimal', 'numeric', 'money', 'smallmoney'];
const TIMES: readonly string[] = ['smalldatetime', 'datetime', 'datetime2', 'datetimeoffset'];

/**
 * Chooses the cursor: the column asked for, else the rowversion column. Errors: `CURSOR_COLUMN_MISSING`,
 * `CURSOR_COLUMN_UNKNOWN`, `CURSOR_TYPE_UNFIT`.
 */
export function chooseCursor(table: string, columns: readonly SourceColumn[], options: TableOptions): Cursor {
  const { cursorColumn } = options;
  const column =
    cursorColumn === undefined ? columns.find(isRowversion) : findNamed(columns, cursorColumn, ({ name }) => name);
  if (!column) throw refuseColumn(table, columns, options.cursorColumn);
  if (isRowversion(column)) return { column, kind: 'rowversion', overlap: 0 };
  const overlap = defaultOverlap(column);
  if (overlap === undefined) throw refuseType(table, column);
  return { column, kind: 'watermark', overlap: options.overlap ?? overlap };
}

function isRowversion({ declared }: SourceColumn): boolean {
  return declared === 'timestamp' || declared === 'rowversion';
}

function defaultOverlap({ type }: SourceColumn): number | undefined {
  if (TIMES.includes(type)) return OVERLAP_SECONDS;
  if (type === 'date') return OVERLAP_DAYS;
  return INTEGERS.includes(type) || DECIMALS.includes(type) ? OVERLAP_UNITS : undefined;
}

/**
 * Whether a source has gone back: its rowversions only grow, so a ceiling below what was read before means a database that
 * was restored or put in place of another. Rows changed there since would be skipped.
 */
export function hasGoneBack(cursor: Cursor, from: string | undefined, ceiling: string | undefined): boolean {
  return cursor.kind === 'rowversion' && from !== undefined && ceiling !== undefined && ceiling < from;
}

/** Where this load reads up to, asked before its rows are; undefined for a table without a value. */
export async function readCeiling(
  source: TdsConnection,
  table: SourceTable,
  cursor: Cursor,
): Promise<string | undefined> {
  const statement =
    cursor.kind === 'rowversion'
      ? 'SELECT MIN_ACTIVE_ROWVERSION()'
      : `SELECT MAX(${quoteColumn(cursor.column.name)}) FROM ${table.quoted}`;
  const { rows } = await source.query(statement);
  return formatCursor(rows[0]?.[0] ?? null);
}

function formatCursor(value: CellValue): string | undefined {
  if (value === null) return undefined;
  return Buffer.isBuffer(value) ? `0x${value.toString('hex').toUpperCase()}` : String(value);
}

/**
 * The WHERE of a load from `from` up to `to`. A rowversion window is half open: what is written from now on gets `to` or
 * more. A watermark window has both ends and the overlap, and takes rows without a value always: nobody knows when they
 * changed.
 */
export function formatWindow(cursor: Cursor, from: string, to: string | undefined): string {
  const name = quoteColumn(cursor.column.name);
  if (cursor.kind === 'rowversion') return ` WHERE ${name} >= ${from} AND ${name} < ${to ?? from}`;
  const lower = `${name} >= ${formatLowerBound(cursor, from)}`;
  const upper = `${name} <= ${formatLiteral(cursor.column, to ?? from)}`;
  return ` WHERE (${lower} AND ${upper})${cursor.column.nullable ? ` OR ${name} IS NULL` : ''}`;
}

function formatLowerBound({ column, overlap }: Cursor, from: string): string {
  if (TIMES.includes(column.type)) return `DATEADD(second, -${overlap}, ${formatLiteral(column, from)})`;
  if (column.type === 'date') return `DATEADD(day, -${overlap}, ${formatLiteral(column, from)})`;
  return formatLiteral(column, subtract(from, overlap));
}

// Only the form with T is read alike under every SET LANGUAGE and DATEFORMAT (T-SQL reference, datetime, ISO 8601).
function formatLiteral(column: SourceColumn, text: string): string {
  const { type, scale } = column;
  if (type === 'datetimeoffset')
    return `CAST('${text.replace(' ', 'T').replace(' ', '')}' AS datetimeoffset(${scale}))`;
  if (type === 'datetime2') return `CAST('${text.replace(' ', 'T')}' AS datetime2(${scale}))`;
  if (type === 'datetime' || type === 'smalldatetime') return `CAST('${text.replace(' ', 'T')}' AS ${type})`;
  if (type === 'date') return `CAST('${text}' AS date)`;
  // Wider than the column: the overlap may lead below its least value.
  return INTEGERS.includes(type) ? `CAST('${text}' AS bigint)` : `CAST('${text}' AS decimal(38,${scale || 4}))`;
}

const LEAST_BIGINT = -(2n ** 63n);

/** Takes whole units from a decimal text, exactly. */
function subtract(text: string, units: number): string {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const unit = 10n ** BigInt(fraction.length);
  const value = BigInt(whole + fraction) * (text.startsWith('-') ? -1n : 1n) - BigInt(units) * unit;
  const bounded = fraction === '' && value < LEAST_BIGINT ? LEAST_BIGINT : value;
  const digits = String(bounded < 0n ? -bounded : bounded).padStart(fraction.length + 1, '0');
  const sign = bounded < 0n ? '-' : '';
  return fraction === ''
    ? sign + digits
    : `${sign}${digits.slice(0, -fraction.length)}.${digits.slice(-fraction.length)}`;
}

function refuseColumn(table: string, columns: readonly SourceColumn[], wanted: string | undefined): TowpathError {
  const fit = columns.filter((column) => defaultOverlap(column) !== undefined).map((column) => column.name);
  return new TowpathError({
    code: wanted === undefined ? 'CURSOR_COLUMN_MISSING' : 'CURSOR_COLUMN_UNKNOWN',
    message:
      wanted === undefined
        ? `${table} has no rowversion column to find its changes by.`
        : `${table} has no column ${wanted} to find its changes by.`,
    cause:
      fit.length > 0
        ? `Columns that can be a watermark: ${fit.join(', ')}.`
        : 'None of its columns can be a watermark.',
    fix: 'Name one that grows with each change with --cursor-column, or load the table as a snapshot.',
    docs: 'reference/datakit-sqlserver.md',
  });
}

function refuseType(table: string, { name, type }: SourceColumn): TowpathError {
  return new TowpathError({
    code: 'CURSOR_TYPE_UNFIT',
    message: `Column ${name} (${type}) of ${table} can't be a cursor.`,
    cause: 'A cursor is a rowversion, a number without rounding, or a date with or without time.',
    fix: 'Name another column with --cursor-column, or load the table as a snapshot.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
