// Types as T-SQL declares them, in CREATE TABLE, CAST and the declarations of sp_executesql.
import type { TdsEncoding, TdsTypeName } from '../tds-column.ts';
import { decimalType, plainType, scaledType, type TypeInfo } from './base-types.ts';
import { magnitudeBytes } from './decimal.ts';

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
  ['ntext', 0x7fff_fffe],
  ['image', 0x7fff_ffff],
  ['sql_variant', 8009],
]);

/** Other names of the same types. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['integer', 'int'],
  ['dec', 'decimal'],
  ['sysname', 'nvarchar(128)'],
  ['rowversion', 'binary(8)'],
  ['timestamp', 'binary(8)'],
]);

/** Types of the CLR, which travel as `udt` and their name. */
const UDT_NAMES = ['hierarchyid', 'geometry', 'geography'];

const DECLARATION = /^([a-z_0-9]+)\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\))?$/;

/** Reads `decimal(18,4)`, `nvarchar(max)` …; undefined for what is no type of SQL Server, or none with these digits. */
export function parseDeclaredType(text: string): TypeInfo | undefined {
  const lower = text.trim().toLowerCase();
  const match = DECLARATION.exec(SYNONYMS.get(lower) ?? lower);
  const name = SYNONYMS.get(match?.[1] ?? '') ?? match?.[1] ?? '';
  const plainBytes = PLAIN_BYTES.get(name);
  if (plainBytes !== undefined) return plainType(name as TdsTypeName, plainBytes, encodingOf(name)); // the map's keys are type names
  if (UDT_NAMES.includes(name)) return { ...plainType('udt', null), udtName: name };
  return match ? parseSized(name, match[2], match[3]) : undefined;
}

function parseSized(name: string, first: string | undefined, second: string | undefined): TypeInfo | undefined {
  switch (name) {
    case 'float':
      return Number(first ?? 53) <= 24 ? plainType('real', 4) : plainType('float', 8);
    case 'decimal':
    case 'numeric':
      return parseDecimalType(name, Number(first ?? 18), Number(second ?? 0));
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return scaledType(name, Number(first ?? 7));
    case 'xml':
      return plainType('xml', null, 'utf16le');
    default:
      return isLengthType(name) ? parseLengthType(name, first ?? '1') : undefined;
  }
}

function parseDecimalType(name: 'decimal' | 'numeric', precision: number, scale: number): TypeInfo | undefined {
  return decimalType(name, magnitudeBytes(precision) + 1, { precision, scale });
}

const LENGTH_TYPES = ['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary'] as const;
type LengthType = (typeof LENGTH_TYPES)[number];

function isLengthType(name: string): name is LengthType {
  return LENGTH_TYPES.some((type) => type === name);
}

/** Longest declared length in bytes; beyond it only `max` is left. */
const MAX_DECLARED_BYTES = 8000;

function parseLengthType(name: LengthType, length: string): TypeInfo | undefined {
  const perCharacter = name.startsWith('n') ? 2 : 1;
  const isVariable = name.includes('var');
  if (length === 'max') return isVariable ? plainType(name, null, encodingOf(name)) : undefined;
  const bytes = Number(length) * perCharacter;
  return bytes >= 1 && bytes <= MAX_DECLARED_BYTES ? plainType(name, bytes, encodingOf(name)) : undefined;
}

function encodingOf(name: string): TdsEncoding {
  if (name === 'nchar' || name === 'nvarchar' || name === 'ntext') return 'utf16le';
  return name === 'char' || name === 'varchar' || name === 'text' ? 'cp1252' : 'binary';
}
