// From an exact value to the cell of its declared type: the other direction of `decode-cell.ts`, for the mock server.
import type { CellValue } from '../tds-column.ts';
import { typeError, valueError } from '../tds-errors.ts';
import type { ByteWriter } from './byte-writer.ts';
import { magnitudeBytes, parseDecimal, unsignedBytes } from './decimal.ts';
import { DAYS_TO_1900, parseTemporal, shiftMinutes, TICKS_PER_DAY, timeBytes } from './temporal.ts';
import { CellLayout, type TypeInfo, type WireType } from './type-info.ts';

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

function encodeValue(info: TypeInfo, value: Exclude<CellValue, null>): Buffer {
  switch (info.type) {
    case 'tinyint':
    case 'bit':
      return unsignedBytes(BigInt.asUintN(8, toInteger(info, value)), 1);
    case 'smallint':
      return unsignedBytes(BigInt.asUintN(16, toInteger(info, value)), 2);
    case 'int':
      return unsignedBytes(BigInt.asUintN(32, toInteger(info, value)), 4);
    case 'bigint':
      return unsignedBytes(BigInt.asUintN(64, toInteger(info, value)), 8);
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
      return encodeBinary(info, value);
    default:
      return info.encoding === 'binary' ? encodeTemporal(info, String(value)) : encodeText(info, String(value));
  }
}

/** Smallest and largest value by type. */
const INTEGER_RANGES: ReadonlyMap<string, readonly [bigint, bigint]> = new Map([
  ['tinyint', [0n, 255n]],
  ['bit', [0n, 1n]],
  ['smallint', [-32_768n, 32_767n]],
  ['int', [-2_147_483_648n, 2_147_483_647n]],
  ['bigint', [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n]],
]);

function toInteger(info: TypeInfo, value: Exclude<CellValue, null>): bigint {
  const number = typeof value === 'boolean' ? BigInt(value) : parseDecimal(String(value), 0);
  const range = INTEGER_RANGES.get(info.type);
  if (number === undefined || !range || number < range[0] || number > range[1]) {
    throw valueError(`'${String(value)}' is no ${info.type}.`);
  }
  return number;
}

function encodeFloat(info: TypeInfo, value: number): Buffer {
  const bytes = Buffer.alloc(info.type === 'real' ? 4 : 8);
  if (info.type === 'real') bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}

function encodeExactNumber(info: TypeInfo, text: string): Buffer {
  const isMoney = info.type === 'money' || info.type === 'smallmoney';
  const unscaled = parseDecimal(text, isMoney ? 4 : info.scale);
  if (unscaled === undefined) throw valueError(`'${text}' is no ${info.type}.`);
  if (info.type === 'smallmoney') return unsignedBytes(BigInt.asUintN(32, unscaled), 4);
  if (info.type === 'money') {
    const bits = BigInt.asUintN(64, unscaled);
    return Buffer.concat([unsignedBytes(bits >> 32n, 4), unsignedBytes(bits & 0xffff_ffffn, 4)]);
  }
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  if (magnitude >= 10n ** BigInt(info.precision)) {
    throw valueError(`'${text}' overflows ${info.type}(${info.precision},${info.scale}).`);
  }
  return Buffer.concat([
    Buffer.from([unscaled < 0n ? 0 : 1]),
    unsignedBytes(magnitude, magnitudeBytes(info.precision)),
  ]);
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

function encodeText(info: TypeInfo, text: string): Buffer {
  const padded = info.type === 'char' || info.type === 'nchar' ? padText(info, text) : text;
  return info.encoding === 'utf16le' ? Buffer.from(padded, 'utf16le') : encodeLatin1(padded);
}

function padText(info: TypeInfo, text: string): string {
  return text.padEnd((info.maxLength ?? 0) / (info.type === 'nchar' ? 2 : 1));
}

/** Code page 1252 differs from Latin-1 in 0x80–0x9F; these are its characters there, in order, a space where it has none. */
const CP1252_UPPER = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

function encodeLatin1(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (character) => {
      const upper = character === ' ' ? -1 : CP1252_UPPER.indexOf(character);
      const code = character.codePointAt(0) ?? 0;
      if (upper >= 0) return 0x80 + upper;
      return code < 0x80 || (code >= 0xa0 && code <= 0xff) ? code : 0x3f;
    }),
  );
}

/** 9999-12-31, in days since 0001-01-01. */
const LAST_DAY = 3_652_058;

function encodeTemporal(info: TypeInfo, text: string): Buffer {
  const parts = parseTemporal(text);
  if (!parts) throw valueError(`Conversion failed when converting '${text}' to ${info.type}.`);
  switch (info.type) {
    case 'date':
      return unsignedBytes(BigInt(parts.days), 3);
    case 'smalldatetime':
      return Buffer.concat([
        unsignedBytes(BigInt(parts.days - DAYS_TO_1900), 2),
        unsignedBytes(BigInt(Math.round(parts.ticks / 600_000_000)), 2),
      ]);
    case 'datetime':
      return Buffer.concat([
        unsignedBytes(BigInt.asUintN(32, BigInt(parts.days - DAYS_TO_1900)), 4),
        unsignedBytes(BigInt(Math.round((parts.ticks * 3) / 100_000)), 4),
      ]);
    case 'time':
      return encodeScaledTime(parts.ticks, info.scale);
    case 'datetime2':
      return Buffer.concat([encodeScaledTime(parts.ticks, info.scale), unsignedBytes(BigInt(parts.days), 3)]);
    case 'datetimeoffset': {
      const utc = shiftMinutes(parts, -parts.offsetMinutes);
      if (utc.days < 0 || utc.days > LAST_DAY) throw valueError(`'${text}' is outside the years 1 to 9999 in UTC.`);
      const offset = BigInt.asUintN(16, BigInt(parts.offsetMinutes));
      return Buffer.concat([
        encodeScaledTime(utc.ticks, info.scale),
        unsignedBytes(BigInt(utc.days), 3),
        unsignedBytes(offset, 2),
      ]);
    }
    default:
      throw typeError(`${info.type} cannot be written.`);
  }
}

function encodeScaledTime(ticks: number, scale: number): Buffer {
  const perUnit = 10 ** (7 - scale);
  // Rounding may not carry into the next day: the date was written from the same text.
  const units = Math.min(Math.round(ticks / perUnit), TICKS_PER_DAY / perUnit - 1);
  return unsignedBytes(BigInt(units), timeBytes(scale));
}
