// From a raw cell to an exact JavaScript value (MS-TDS 2.2.5.5).
import { TowpathError } from '@towpath/core';
import { type CellValue, OMITTED_CELL, type TdsColumn } from '../tds-column.ts';
import { protocolError } from '../tds-errors.ts';
import { scaledBytes, type TypeInfo, timeBytes } from './base-types.ts';
import { decodeText } from './code-page.ts';
import { formatDecimal, readUnsigned } from './decimal.ts';
import { DAYS_TO_1900, formatDate, formatOffset, formatTime, shiftMinutes } from './temporal.ts';
import { readVariant } from './variant.ts';

/** Bytes of fixed-size types; a cell of another length is damage. */
const EXACT_BYTES: ReadonlyMap<string, number> = new Map([
  ['tinyint', 1],
  ['bit', 1],
  ['smallint', 2],
  ['int', 4],
  ['bigint', 8],
  ['real', 4],
  ['float', 8],
  ['money', 8],
  ['smallmoney', 4],
  ['date', 3],
  ['smalldatetime', 4],
  ['datetime', 8],
  ['uniqueidentifier', 16],
]);

/**
 * The exact value of a raw cell; a length of -1 gives null. Binary values are copies. Dates and times are text in ISO order
 * with every declared digit, uuids are upper case as SQL Server prints them. A sql_variant gives the value it
 * holds (`readVariant` tells its type). `TDS_TYPE_UNSUPPORTED` for code pages without a decoder, `TDS_PROTOCOL_ERROR` for a length the type can't have.
 */
export function decodeCell(column: TdsColumn | TypeInfo, buffer: Buffer, offset: number, length: number): CellValue {
  if (length === OMITTED_CELL) throw omittedError(column);
  if (length < 0) return null;
  checkLength(column, length);
  switch (column.type) {
    case 'tinyint':
      return buffer.readUInt8(offset);
    case 'smallint':
      return buffer.readInt16LE(offset);
    case 'int':
      return buffer.readInt32LE(offset);
    case 'bigint':
      return buffer.readBigInt64LE(offset);
    case 'bit':
      return buffer.readUInt8(offset) !== 0;
    case 'real':
      return buffer.readFloatLE(offset);
    case 'float':
      return buffer.readDoubleLE(offset);
    case 'null':
      return null;
    case 'sql_variant':
      return decodeVariant(buffer, offset, length);
    default:
      return decodeLonger(column, buffer, offset, length);
  }
}

function omittedError(column: TdsColumn | TypeInfo): TowpathError {
  return new TowpathError({
    code: 'TDS_CELL_TOO_LARGE',
    message: `A value of column ${'name' in column ? column.name : column.type} was too large to be kept.`,
    cause: 'It was passed over while its row was read.',
    fix: 'Take its pieces (RowSink.oversized), or raise the limit of a cell.',
  });
}

function decodeVariant(buffer: Buffer, offset: number, length: number): CellValue {
  const variant = readVariant(buffer, offset, length);
  return decodeCell(variant.type, buffer, variant.offset, variant.length);
}

function decodeLonger(column: TdsColumn | TypeInfo, buffer: Buffer, offset: number, length: number): CellValue {
  switch (column.type) {
    case 'decimal':
    case 'numeric':
    case 'money':
    case 'smallmoney':
      return decodeExactNumber(column, buffer, offset, length);
    case 'uniqueidentifier':
      return decodeUuid(buffer, offset);
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'udt':
      return Buffer.from(buffer.subarray(offset, offset + length));
    case 'date':
    case 'time':
    case 'smalldatetime':
    case 'datetime':
    case 'datetime2':
    case 'datetimeoffset':
      return decodeTemporal(column, buffer, offset);
    default:
      return decodeText(column.encoding, buffer, offset, length);
  }
}

function checkLength(column: TdsColumn | TypeInfo, length: number): void {
  const { type, scale } = column;
  const exact =
    type === 'time' || type === 'datetime2' || type === 'datetimeoffset'
      ? scaledBytes(type, scale)
      : EXACT_BYTES.get(type);
  if (exact !== undefined && exact !== length) throw protocolError(`A ${type} cell has ${length} bytes.`);
  if ((type === 'decimal' || type === 'numeric') && (length < 2 || length > 17)) {
    throw protocolError(`A ${type} cell has ${length} bytes.`);
  }
}

function decodeExactNumber(column: TdsColumn | TypeInfo, buffer: Buffer, offset: number, length: number): string {
  if (column.type === 'smallmoney') return formatDecimal(BigInt(buffer.readInt32LE(offset)), 4);
  if (column.type === 'money') {
    // High half first, each half little-endian (MS-TDS 2.2.5.5.1.2).
    const high = BigInt(buffer.readInt32LE(offset));
    return formatDecimal((high << 32n) | BigInt(buffer.readUInt32LE(offset + 4)), 4);
  }
  const magnitude = readUnsigned(buffer, offset + 1, length - 1);
  return formatDecimal(buffer.readUInt8(offset) === 0 ? -magnitude : magnitude, column.scale);
}

/** The first three groups are little-endian (MS-TDS 2.2.5.5.1.9). */
function decodeUuid(buffer: Buffer, offset: number): string {
  const swapped = Buffer.from(buffer.subarray(offset, offset + 16));
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  const hex = swapped.toString('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function decodeTemporal(column: TdsColumn | TypeInfo, buffer: Buffer, offset: number): string {
  const { type, scale } = column;
  if (type === 'date') return formatDate(buffer.readUIntLE(offset, 3));
  if (type === 'smalldatetime') {
    const minutes = buffer.readUInt16LE(offset + 2);
    return `${formatDate(DAYS_TO_1900 + buffer.readUInt16LE(offset))} ${formatTime(minutes * 60, 0)}`;
  }
  if (type === 'datetime') {
    const milliseconds = Math.round((buffer.readUInt32LE(offset + 4) * 10) / 3);
    return `${formatDate(DAYS_TO_1900 + buffer.readInt32LE(offset))} ${formatTime(milliseconds, 3)}`;
  }
  const size = timeBytes(scale);
  const units = buffer.readUIntLE(offset, size);
  if (type === 'time') return formatTime(units, scale);
  const days = buffer.readUIntLE(offset + size, 3);
  if (type === 'datetime2') return `${formatDate(days)} ${formatTime(units, scale)}`;
  // Stored as UTC; shown as the local time it was written in, like SQL Server does.
  const minutes = buffer.readInt16LE(offset + size + 3);
  const perTick = 10 ** (7 - scale);
  const local = shiftMinutes({ days, ticks: units * perTick, offsetMinutes: 0 }, minutes);
  return `${formatDate(local.days)} ${formatTime(local.ticks / perTick, scale)} ${formatOffset(minutes)}`;
}
