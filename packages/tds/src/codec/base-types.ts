// The types of SQL Server as the wire knows them: tokens, sizes, digits. Columns, variants and declarations in T-SQL all
// build their types here.
import type { TdsColumn, TdsEncoding, TdsTypeName } from '../tds-column.ts';

/** A type without a column's name. */
export type TypeInfo = Omit<TdsColumn, 'name' | 'nullable'>;

/** Fixed-length types: token, name, bytes (MS-TDS 2.2.5.4.1). */
export const FIXED_TYPES: readonly (readonly [number, TdsTypeName, number])[] = [
  [0x1f, 'null', 0],
  [0x30, 'tinyint', 1],
  [0x32, 'bit', 1],
  [0x34, 'smallint', 2],
  [0x38, 'int', 4],
  [0x3a, 'smalldatetime', 4],
  [0x3b, 'real', 4],
  [0x3c, 'money', 8],
  [0x3d, 'datetime', 8],
  [0x3e, 'float', 8],
  [0x7a, 'smallmoney', 4],
  [0x7f, 'bigint', 8],
];

/** Has no fixed form outside of a variant. */
export const GUID_TYPE = [0x24, 'uniqueidentifier', 16] as const;

/** Always nullable, without a declared size. */
export const DATE_TYPE = [0x28, 'date', 3] as const;

/** Character and binary types with a two-byte maximum; 0xFFFF of the variable ones is `(max)`. */
export const SHORT_TYPES: readonly (readonly [number, TdsTypeName])[] = [
  [0xa5, 'varbinary'],
  [0xa7, 'varchar'],
  [0xad, 'binary'],
  [0xaf, 'char'],
  [0xe7, 'nvarchar'],
  [0xef, 'nchar'],
];

/** Types with digits of a second. */
export const SCALED_TYPES: readonly (readonly [number, TdsTypeName])[] = [
  [0x29, 'time'],
  [0x2a, 'datetime2'],
  [0x2b, 'datetimeoffset'],
];

/** Types with precision and scale. */
export const DECIMAL_TYPES: readonly (readonly [number, TdsTypeName])[] = [
  [0x6a, 'decimal'],
  [0x6c, 'numeric'],
];

const MAX_PRECISION = 38;
const MAX_SECOND_DIGITS = 7;

/** What lies beside the time: a date of three bytes, an offset of two. */
const BYTES_BESIDE_TIME: ReadonlyMap<string, number> = new Map([
  ['time', 0],
  ['datetime2', 3],
  ['datetimeoffset', 5],
]);

/** A type that is its name and its size. */
export function plainType(type: TdsTypeName, maxLength: number | null, encoding: TdsEncoding = 'binary'): TypeInfo {
  return { type, maxLength, precision: 0, scale: 0, encoding };
}

/** A `time`, `datetime2` or `datetimeoffset`; undefined with more than seven digits. */
export function scaledType(type: TdsTypeName, scale: number): TypeInfo | undefined {
  if (scale > MAX_SECOND_DIGITS) return undefined;
  return { ...plainType(type, scaledBytes(type, scale)), scale };
}

/** A decimal; undefined for digits that none has. */
export function decimalType(
  type: TdsTypeName,
  maxLength: number,
  digits: { readonly precision: number; readonly scale: number },
): TypeInfo | undefined {
  const { precision, scale } = digits;
  if (precision < 1 || precision > MAX_PRECISION || scale > precision) return undefined;
  return { ...plainType(type, maxLength), precision, scale };
}

/** Bytes of a time value of this scale: 3 up to 2 digits, 4 up to 4, else 5. */
export function timeBytes(scale: number): number {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
}

/** Bytes of a value with digits of a second. */
export function scaledBytes(type: TdsTypeName, scale: number): number {
  return timeBytes(scale) + (BYTES_BESIDE_TIME.get(type) ?? 0);
}

/** Whether a type is its bytes or UTF-16, whatever collation is declared beside it; undefined: the collation says. */
export function ownEncoding(type: TdsTypeName): TdsEncoding | undefined {
  if (type === 'binary' || type === 'varbinary' || type === 'image') return 'binary';
  return type === 'nchar' || type === 'nvarchar' || type === 'ntext' ? 'utf16le' : undefined;
}
