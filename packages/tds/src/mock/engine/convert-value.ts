// CAST and CONVERT: what the codec's own forms don't cover are binary values and the styles of dates.

import type { TypeInfo } from '../../codec/base-types.ts';
import { formatDate, formatOffset, formatTime, parseTemporal, type TemporalParts } from '../../codec/temporal.ts';
import type { CellValue } from '../../tds-column.ts';
import { toCanonical } from './canonical-value.ts';
import { MockSqlError, notSupported } from './mock-sql-error.ts';

const INTEGERS = ['tinyint', 'smallint', 'int', 'bigint'];

/** The value as the type has it, under a style of CONVERT. Errors: 8114 as `TDS_VALUE_INVALID`, 529, 50000. */
export function convertValue(type: TypeInfo, value: CellValue, style: number | null): CellValue {
  if (value === null) return null;
  if (type.type === 'sql_variant') throw notSupported('conversions to sql_variant');
  const isBinary = ['binary', 'varbinary', 'image', 'udt'].includes(type.type);
  if (Buffer.isBuffer(value)) return isBinary ? toCanonical(type, cut(type, value)) : fromBinary(type, value, style);
  if (isBinary) return toCanonical(type, cut(type, toBinary(type, value, style)));
  if (type.encoding !== 'binary' && typeof value === 'string' && style !== null) {
    return toCanonical(type, cutText(type, formatStyled(value, style)));
  }
  return toCanonical(type, typeof value === 'string' && type.encoding !== 'binary' ? cutText(type, value) : value);
}

/** Binary becomes an integer by its last bytes; text only by style 1 (with 0x) or 2 (without). */
function fromBinary(type: TypeInfo, value: Buffer, style: number | null): CellValue {
  if (INTEGERS.includes(type.type)) {
    const bytes = Buffer.concat([Buffer.alloc(8), value]).subarray(-(type.maxLength ?? 8));
    const bits = BigInt(`0x${bytes.toString('hex')}`);
    const number = type.type === 'tinyint' ? bits : BigInt.asIntN(bytes.length * 8, bits);
    return type.type === 'bigint' ? number : Number(number);
  }
  if (type.encoding !== 'binary' && (style === 1 || style === 2)) {
    const hex = value.toString('hex').toUpperCase();
    return toCanonical(type, style === 1 ? `0x${hex}` : hex);
  }
  throw new MockSqlError(529, 16, `Explicit conversion from data type varbinary to ${type.type} is not allowed here.`);
}

function toBinary(type: TypeInfo, value: Exclude<CellValue, null>, style: number | null): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (typeof value === 'string') return textToBinary(value, style);
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isInteger(number)) throw notSupported('conversions of float to binary');
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(number));
  // Integers fill from the right: binary(8) of 1 is 0x0000000000000001. An int has four bytes.
  const size = type.type === 'binary' ? (type.maxLength ?? 8) : 4;
  return Buffer.concat([Buffer.alloc(size), bytes]).subarray(-size);
}

function textToBinary(text: string, style: number | null): Buffer {
  if (style !== 1 && style !== 2) return Buffer.from(text, 'latin1');
  const hex = style === 1 ? text.replace(/^0x/i, '') : text;
  if (!/^([0-9a-f]{2})*$/i.test(hex))
    throw new MockSqlError(8114, 16, 'Error converting data type varchar to varbinary.');
  return Buffer.from(hex, 'hex');
}

function cut(type: TypeInfo, bytes: Buffer): Buffer {
  return bytes.subarray(0, type.maxLength ?? bytes.length);
}

function cutText(type: TypeInfo, text: string): string {
  if (type.maxLength === null || type.encoding === 'binary') return text;
  return text.slice(0, type.encoding === 'utf16le' ? type.maxLength / 2 : type.maxLength);
}

/** ISO text of an instant in a style of CONVERT; other text stays as it is. */
function formatStyled(text: string, style: number): string {
  const parts = /^\d{4}-\d{2}-\d{2}/.test(text) ? parseTemporal(text) : undefined;
  if (!parts) return text;
  const format = STYLES.get(style);
  if (!format) throw notSupported(`the style ${style} of CONVERT`);
  return format(parts, text);
}

type Format = (parts: TemporalParts, text: string) => string;

/** Digits of a second as the text has them, and its offset. */
function fractionOf(text: string): number {
  return /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
}

const withFraction = (parts: TemporalParts, text: string): string => {
  const scale = fractionOf(text);
  return formatTime(Math.floor(parts.ticks / 10 ** (7 - scale)), scale);
};
const offsetOf = (parts: TemporalParts, text: string, separator: string): string =>
  /[+-]\d{2}:\d{2}$/.test(text) ? `${separator}${formatOffset(parts.offsetMinutes)}` : '';
const toSeconds: Format = (parts) => `${formatDate(parts.days)} ${formatTime(Math.floor(parts.ticks / 10_000_000), 0)}`;
const toFraction: Format = (parts, text) =>
  `${formatDate(parts.days)} ${withFraction(parts, text)}${offsetOf(parts, text, ' ')}`;
const toIso: Format = (parts, text) =>
  `${formatDate(parts.days)}T${withFraction(parts, text)}${offsetOf(parts, text, '')}`;

const STYLES: ReadonlyMap<number, Format> = new Map<number, Format>([
  [20, toSeconds],
  [120, toSeconds],
  [21, toFraction],
  [25, toFraction],
  [121, toFraction],
  [126, toIso],
  [127, toIso],
  [23, (parts) => formatDate(parts.days)],
  [112, (parts) => formatDate(parts.days).replaceAll('-', '')],
]);
