// What PostgreSQL must print for a source value: the type table once more, as text, independent of the encoders.
import type { CellValue, MockColumn } from '@towpath/tds';

/** The text of `column::text` in bronze for this value of the source. Floats compare as numbers, not here. */
function formatExpected(column: MockColumn, value: CellValue): string | null {
  if (value === null) return null;
  const type = column.type.replace(/\(.*/, '').toLowerCase();
  switch (type) {
    case 'bit':
      return value ? 'true' : 'false';
    case 'uniqueidentifier':
      return String(value).toLowerCase();
    case 'time':
    case 'datetime':
    case 'smalldatetime':
    case 'datetime2':
      return trimFraction(String(value));
    case 'datetimeoffset':
      return padFraction(String(value));
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'rowversion':
      return `\\x${Buffer.from(value as Buffer).toString('hex')}`;
    default:
      return String(value);
  }
}

/** Whether bronze holds the value: as text, a float as the same double. */
export function isExact(column: MockColumn, value: CellValue, text: string | null): boolean {
  if (typeof value === 'number' && column.type === 'float') return Number(text) === value;
  // PostgreSQL prints the shortest text that names the same single-precision number.
  if (typeof value === 'number' && column.type === 'real') return Math.fround(Number(text)) === Math.fround(value);
  return formatExpected(column, value) === text;
}

// The tests put the offset back with `to_char`, which writes six digits.
function padFraction(text: string): string {
  const [, second = '', fraction = '', offset = ''] = /^(.{19})(?:\.(\d+))?( .+)$/.exec(text) ?? [];
  return `${second}.${fraction.padEnd(6, '0').replace(/^(\d{6})0$/, '$1')}${offset}`;
}

// SQL Server writes every declared digit of a second, PostgreSQL none that is a trailing zero.
function trimFraction(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
