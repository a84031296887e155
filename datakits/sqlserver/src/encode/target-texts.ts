// A cell as text that casts to its bronze column, the same value as the COPY would carry. Quarantine keeps rows so; the
// hot path never comes here.
import type { ColumnOptions } from '../settings/column-options.ts';
import type { SourceColumn } from '../source/describe-table.ts';
import { cleanText, formatCell } from './decoded-text.ts';
import type { TypeMapping } from './map-column.ts';
import { formatVariant } from './variant.ts';

/** One text for each target column of a cell that is not NULL. */
export type CellTexts = (cell: Buffer, offset: number, length: number) => readonly (string | null)[];

/** The texts of a mapped column. */
export function createCellTexts(source: SourceColumn, mapping: TypeMapping, options: ColumnOptions): CellTexts {
  const column: SourceColumn = mapping.method ? { ...source, type: 'nvarchar', encoding: 'utf16le' } : source;
  const format = (cell: Buffer, offset: number, length: number): string =>
    formatCell(column, cell, offset, length) ?? '';
  if (source.type === 'sql_variant') return formatVariant;
  if (mapping.postgresType === 'bytea') {
    return (cell, offset, length) => [`\\x${cell.toString('hex', offset, offset + length)}`];
  }
  if (mapping.postgresType === 'text') {
    return (...cell) => [cleanText(format(...cell).replace(/^\uFEFF/, keepMark(source)), options.characters)];
  }
  if (mapping.second) return (...cell) => [cutSecond(format(...cell)), readOffset(format(...cell))];
  if (mapping.postgresType.startsWith('time')) return (...cell) => [cutSecond(format(...cell))];
  return (...cell) => [format(...cell)];
}

// The seventh digit of a second is a zero here, or an option said that it goes; PostgreSQL would round.
function cutSecond(text: string): string {
  return text.replace(/(\.\d{6})\d/, '$1');
}

// SQL Server may begin xml with a byte order mark, which is no part of the value.
function keepMark(source: SourceColumn): string {
  return source.type === 'xml' ? '' : '\uFEFF';
}

/** Minutes of the `+hh:mm` that a datetimeoffset ends with. */
function readOffset(text: string): string {
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return String(sign === '-' ? -total : total);
}
