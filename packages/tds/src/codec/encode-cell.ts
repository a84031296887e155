// From an exact value to the cell of its declared type: the other direction of `decode-cell.ts`, for the mock server.
import type { CellValue } from '../tds-column.ts';
import { typeError, valueError } from '../tds-errors.ts';
import { type TypeInfo, timeBytes } from './base-types.ts';
import type { ByteWriter } from './byte-writer.ts';
import { encodeText } from './code-page.ts';
import { magnitudeBytes, numberBytes, parseDecimal, unsignedBytes } from './decimal.ts';
import { DAYS_TO_1900, parseTemporal, shiftMinutes, type TemporalParts, TICKS_PER_DAY } from './temporal.ts';
import { CellLayout, type WireType } from './type-info.ts';

/** Largest chunk of a PLP value, about what SQL Server sends. */
const PLP_CHUNK_BYTES = 8000;

/** Writes a cell; `TDS_VALUE_INVALID` when the value doesn't fit the type, or is null where the type can't be. */
export function writeCell(writer: ByteWriter, wire: WireType, value: CellValue): void {
  if (value === null) {
    writeNull(writer, wire);
    return;
  }
  const bytes = encodeValue(wire.info, value);
  switch (wire.layout) {
    case CellLayout.fixed:
      writer.bytes(bytes);
      return;
    case CellLayout.byteLength:
      writer.u8(bytes.length).bytes(bytes);
      return;
    case CellLayout.shortLength:
      writer.u16(checkedLength(wire.info, bytes)).bytes(bytes);
      return;
    case CellLayout.textPointer:
      // A text pointer and a timestamp no client reads; their lengths are what matters (MS-TDS 2.2.7.19).
      writer.u8(16).bytes(Buffer.alloc(24, 0x44)).u32(bytes.length).bytes(bytes);
      return;
    case CellLayout.longLength:
      writer.u32(checkedLength(wire.info, bytes)).bytes(bytes);
      return;
    case CellLayout.plp:
      writePlp(writer, bytes);
      return;
    default:
      throw typeError(`${wire.info.type} cannot be written.`);
  }
}

function writeNull(writer: ByteWriter, wire: WireType): void {
  switch (wire.layout) {
    case CellLayout.byteLength:
    case CellLayout.textPointer:
      writer.u8(0);
      return;
    case CellLayout.shortLength:
      writer.u16(0xffff);
      return;
    case CellLayout.plp:
      writer.u64(0xffff_ffff_ffff_ffffn);
      return;
    case CellLayout.longLength:
      writer.u32(0);
      return;
    default:
      if (wire.info.type !== 'null') throw valueError(`A ${wire.info.type} that is not nullable has no value.`);
  }
}

/** The total is sent as unknown every time, so that clients meet the harder form (MS-TDS 2.2.5.2.3). */
function writePlp(writer: ByteWriter, bytes: Buffer): void {
  writer.u64(0xffff_ffff_ffff_fffen);
  for (let start = 0; start < bytes.length; start += PLP_CHUNK_BYTES) {
    const chunk = bytes.subarray(start, start + PLP_CHUNK_BYTES);
    writer.u32(chunk.length).bytes(chunk);
  }
  writer.u32(0);
}

function checkedLength(info: TypeInfo, bytes: Buffer): number {
  if (info.maxLength !== null && bytes.length > info.maxLength) {
    throw valueError(`String or binary data of ${bytes.length} bytes would be truncated to ${info.maxLength}.`);
  }
  return bytes.length;
}

/** The bytes of a value without its length. `TDS_VALUE_INVALID` when it doesn't fit the type. */
export function encodeValue(info: TypeInfo, value: Exclude<CellValue, null>): Buffer {
  switch (info.type) {
    case 'tinyint':
    case 'bit':
    case 'smallint':
    case 'int':
    case 'bigint':
      return encodeInteger(info, value);
    case 'real':
    case 'float':
      return encodeFloat(info, Number(value));
    case 'decimal':
    case 'numeric':
    case 'money':
    case 'smallmoney':
      return encodeExactNumber(info, String(value));
    case 'uniqueidentifier':
      return encodeUuid(String(value));
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'udt':
    case 'sql_variant':
      return encodeBinary(info, value);
    default:
      return info.encoding === 'binary' ? encodeTemporal(info, String(value)) : encodeCharacters(info, String(value));
  }
}

/** Bytes, smallest and largest value by type. */
const INTEGERS: ReadonlyMap<string, readonly [number, bigint, bigint]> = new Map([
  ['tinyint', [1, 0n, 255n]],
  ['bit', [1, 0n, 1n]],
  ['smallint', [2, -32_768n, 32_767n]],
  ['int', [4, -2_147_483_648n, 2_147_483_647n]],
  ['bigint', [8, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n]],
]);

function encodeInteger(info: TypeInfo, value: Exclude<CellValue, null>): Buffer {
  const [bytes = 0, smallest = 0n, largest = 0n] = INTEGERS.get(info.type) ?? [];
  const number = toInteger(value);
  if (number === undefined || number < smallest || number > largest) {
    throw valueError(`'${String(value)}' is no ${info.type}.`);
  }
  return unsignedBytes(BigInt.asUintN(bytes * 8, number), bytes);
}

function toInteger(value: Exclude<CellValue, null>): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return BigInt(Number(value));
  return parseDecimal(String(value), 0);
}

function encodeFloat(info: TypeInfo, value: number): Buffer {
  const bytes = Buffer.alloc(info.type === 'real' ? 4 : 8);
  if (info.type === 'real') bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}

const POWERS_OF_TEN = Array.from({ length: 39 }, (_, exponent) => 10n ** BigInt(exponent));

function encodeExactNumber(info: TypeInfo, text: string): Buffer {
  const isMoney = info.type === 'money' || info.type === 'smallmoney';
  const unscaled = parseDecimal(text, isMoney ? 4 : info.scale);
  if (unscaled === undefined) throw valueError(`'${text}' is no ${info.type}.`);
  if (isMoney) return encodeMoney(info, unscaled);
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  if (magnitude >= (POWERS_OF_TEN[info.precision] ?? 0n)) {
    throw valueError(`'${text}' overflows ${info.type}(${info.precision},${info.scale}).`);
  }
  return Buffer.concat([
    Buffer.from([unscaled < 0n ? 0 : 1]),
    unsignedBytes(magnitude, magnitudeBytes(info.precision)),
  ]);
}

/** Units of 1/10,000; money has its high half first. */
function encodeMoney(info: TypeInfo, unscaled: bigint): Buffer {
  const size = info.type === 'money' ? 64 : 32;
  if (BigInt.asIntN(size, unscaled) !== unscaled) throw valueError(`${unscaled} / 10000 overflows ${info.type}.`);
  const bits = BigInt.asUintN(size, unscaled);
  if (size === 32) return unsignedBytes(bits, 4);
  return Buffer.concat([unsignedBytes(bits >> 32n, 4), unsignedBytes(bits & 0xffff_ffffn, 4)]);
}

function encodeUuid(text: string): Buffer {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw valueError(`'${text}' is no uniqueidentifier.`);
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function encodeBinary(info: TypeInfo, value: Exclude<CellValue, null>): Buffer {
  if (!Buffer.isBuffer(value)) throw valueError(`A ${info.type} needs bytes.`);
  return info.type === 'binary' && info.maxLength !== null
    ? Buffer.concat([value, Buffer.alloc(Math.max(0, info.maxLength - value.length))])
    : value;
}

function encodeCharacters(info: TypeInfo, text: string): Buffer {
  const bytes = encodeText(info.encoding, text);
  const missing = info.type === 'char' || info.type === 'nchar' ? (info.maxLength ?? 0) - bytes.length : 0;
  if (missing <= 0) return bytes;
  return Buffer.concat([bytes, encodeText(info.encoding, ' '.repeat(info.type === 'nchar' ? missing / 2 : missing))]);
}

/** 9999-12-31, in days since 0001-01-01. */
const LAST_DAY = 3_652_058;

function encodeTemporal(info: TypeInfo, text: string): Buffer {
  const parts = parseTemporal(text);
  if (!parts) throw valueError(`Conversion failed when converting '${text}' to ${info.type}.`);
  switch (info.type) {
    case 'date':
      return numberBytes(parts.days, 3);
    case 'smalldatetime':
      return encodeCounted(info, parts, { first: DAYS_TO_1900, last: LAST_SMALL_DAY, unit: [600_000_000, 1] });
    case 'datetime':
      return encodeCounted(info, parts, { first: FIRST_DATETIME_DAY, last: LAST_DAY, unit: [100_000, 3] });
    case 'time':
      return encodeScaledTime(parts.ticks, info.scale);
    case 'datetime2':
      return Buffer.concat([encodeScaledTime(parts.ticks, info.scale), numberBytes(parts.days, 3)]);
    case 'datetimeoffset': {
      const utc = shiftMinutes(parts, -parts.offsetMinutes);
      if (utc.days < 0 || utc.days > LAST_DAY) throw valueError(`'${text}' is outside the years 1 to 9999 in UTC.`);
      const offset = BigInt.asUintN(16, BigInt(parts.offsetMinutes));
      return Buffer.concat([
        encodeScaledTime(utc.ticks, info.scale),
        numberBytes(utc.days, 3),
        unsignedBytes(offset, 2),
      ]);
    }
    default:
      throw typeError(`${info.type} cannot be written.`);
  }
}

/** 2079-06-06 and 1753-01-01, in days since 0001-01-01. */
const LAST_SMALL_DAY = DAYS_TO_1900 + 65_535;
const FIRST_DATETIME_DAY = 639_905;

/** Days since 1900 and units within the day (`ticks` for each `per`), rounded to the nearest; rounding may carry into the next day. */
function encodeCounted(
  info: TypeInfo,
  parts: TemporalParts,
  range: { readonly first: number; readonly last: number; readonly unit: readonly [number, number] },
): Buffer {
  const [ticks, per] = range.unit;
  const rounded = Math.round((parts.ticks * per) / ticks);
  const carried = rounded === (TICKS_PER_DAY * per) / ticks;
  const days = parts.days + Number(carried);
  if (days < range.first || days > range.last) throw valueError(`A ${info.type} can't be that early or late.`);
  const half = (info.maxLength ?? 8) / 2;
  const since1900 = BigInt.asUintN(half * 8, BigInt(days - DAYS_TO_1900));
  return Buffer.concat([unsignedBytes(since1900, half), unsignedBytes(carried ? 0n : BigInt(rounded), half)]);
}

function encodeScaledTime(ticks: number, scale: number): Buffer {
  const perUnit = 10 ** (7 - scale);
  // Rounding may not carry into the next day: the date was written from the same text.
  const units = Math.min(Math.round(ticks / perUnit), TICKS_PER_DAY / perUnit - 1);
  return numberBytes(units, timeBytes(scale));
}
