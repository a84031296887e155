// Declared types as CREATE TABLE and CAST write them.
import { magnitudeBytes } from '../../codec/decimal.ts';
import { timeBytes } from '../../codec/temporal.ts';
import type { TypeInfo } from '../../codec/type-info.ts';
import type { TdsEncoding, TdsTypeName } from '../../tds-column.ts';
import { notSupported } from './mock-sql-error.ts';

/** Types without arguments and their size in bytes. */
const PLAIN_BYTES: ReadonlyMap<string, number> = new Map([
  ['tinyint', 1],
  ['smallint', 2],
  ['int', 4],
  ['bigint', 8],
  ['bit', 1],
  ['money', 8],
  ['smallmoney', 4],
  ['real', 4],
  ['date', 3],
  ['smalldatetime', 4],
  ['datetime', 8],
  ['uniqueidentifier', 16],
  ['text', 0x7fff_ffff],
  ['ntext', 0x7fff_ffff],
  ['image', 0x7fff_ffff],
]);

/** Other names of the same types. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['integer', 'int'],
  ['dec', 'decimal'],
  ['sysname', 'nvarchar(128)'],
  ['rowversion', 'binary(8)'],
  ['timestamp', 'binary(8)'],
  ['float(53)', 'float'],
  ['float(24)', 'real'],
]);

const DECLARATION = /^([a-z_0-9]+)\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\))?$/;

/** Reads `decimal(18,4)`, `nvarchar(max)` …; error 50000 for a type the mock doesn't have. */
export function parseSqlType(text: string): TypeInfo {
  const lower = text.trim().toLowerCase();
  const match = DECLARATION.exec(SYNONYMS.get(lower) ?? lower);
  const name = SYNONYMS.get(match?.[1] ?? '') ?? match?.[1] ?? '';
  const plainBytes = PLAIN_BYTES.get(name);
  if (plainBytes !== undefined) return info(name as TdsTypeName, plainBytes, {}, encodingOf(name));
  const sized = match ? parseSized(name, match[2], match[3]) : undefined;
  if (!sized) throw notSupported(`the type ${text}`);
  return sized;
}

function parseSized(name: string, first: string | undefined, second: string | undefined): TypeInfo | undefined {
  switch (name) {
    case 'float':
      return Number(first ?? 53) <= 24 ? info('real', 4) : info('float', 8);
    case 'decimal':
    case 'numeric': {
      const precision = Number(first ?? 18);
      return info(name, magnitudeBytes(precision) + 1, { precision, scale: Number(second ?? 0) });
    }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset': {
      const scale = Number(first ?? 7);
      return info(name, timeBytes(scale) + (DATE_BYTES.get(name) ?? 0), { scale });
    }
    case 'xml':
      return info('xml', null, {}, 'utf16le');
    default:
      return isLengthType(name) ? parseLengthType(name, first ?? '1') : undefined;
  }
}

/** What a type has beside its time: a date, an offset. */
const DATE_BYTES: ReadonlyMap<string, number> = new Map([
  ['datetime2', 3],
  ['datetimeoffset', 5],
]);

const LENGTH_TYPES = ['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary'] as const;
type LengthType = (typeof LENGTH_TYPES)[number];

function isLengthType(name: string): name is LengthType {
  return LENGTH_TYPES.some((type) => type === name);
}

function parseLengthType(name: LengthType, length: string): TypeInfo {
  const perCharacter = name.startsWith('n') ? 2 : 1;
  return info(name, length === 'max' ? null : Number(length) * perCharacter, {}, encodingOf(name));
}

function encodingOf(name: string): TdsEncoding {
  if (name === 'nchar' || name === 'nvarchar' || name === 'ntext') return 'utf16le';
  return name === 'char' || name === 'varchar' || name === 'text' ? 'cp1252' : 'binary';
}

function info(
  type: TdsTypeName,
  maxLength: number | null,
  digits: { precision?: number; scale?: number } = {},
  encoding: TdsEncoding = 'binary',
): TypeInfo {
  return { type, maxLength, precision: digits.precision ?? 0, scale: digits.scale ?? 0, encoding };
}

/** How SQLite stores the type; texts hold exact decimals and ISO dates, compared by `comparison-keys.ts`. */
export function toSqliteType(type: TypeInfo): string {
  switch (type.type) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'bit':
      return 'integer';
    case 'real':
    case 'float':
      return 'real';
    case 'binary':
    case 'varbinary':
    case 'image':
      return 'blob';
    default:
      // SQL Server's default collation ignores case; NOCASE does so for ASCII.
      return 'text collate nocase';
  }
}
