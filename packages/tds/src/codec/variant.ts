// A sql_variant cell: the token of its base type, the size of that type's properties, the properties, the value
// (MS-TDS 2.2.5.5.4). It can't hold max types, text, xml, rowversion or CLR types.
import type { TdsTypeName } from '../tds-column.ts';
import { protocolError, typeError } from '../tds-errors.ts';
import { toCollation, toEncoding } from './collation.ts';
import { encodeValue } from './encode-cell.ts';
import { timeBytes } from './temporal.ts';
import type { TypeInfo } from './type-info.ts';

/** Where a variant's value lies, and what it is. */
export interface TdsVariant {
  /** The base type as a column would have it. */
  readonly type: TypeInfo;
  readonly offset: number;
  readonly length: number;
}

/** Base types without properties: token, name, bytes. */
const PLAIN: readonly (readonly [number, TdsTypeName, number])[] = [
  [0x24, 'uniqueidentifier', 16],
  [0x28, 'date', 3],
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

/** Base types with properties: token, name, bytes of properties. */
const WITH_PROPERTIES: readonly (readonly [number, TdsTypeName, number])[] = [
  [0x29, 'time', 1],
  [0x2a, 'datetime2', 1],
  [0x2b, 'datetimeoffset', 1],
  [0x6a, 'decimal', 2],
  [0x6c, 'numeric', 2],
  [0xa5, 'varbinary', 2],
  [0xad, 'binary', 2],
  [0xa7, 'varchar', 7],
  [0xaf, 'char', 7],
  [0xe7, 'nvarchar', 7],
  [0xef, 'nchar', 7],
];

/** Reads the head of a cell that isn't NULL. `TDS_PROTOCOL_ERROR` when it is no variant. */
export function readVariant(buffer: Buffer, offset: number, length: number): TdsVariant {
  const token = buffer[offset];
  const propertyBytes = buffer[offset + 1] ?? 0;
  const valueAt = offset + 2 + propertyBytes;
  if (length < 2 || valueAt > offset + length) throw protocolError(`A sql_variant has ${length} bytes.`);
  const plain = PLAIN.find(([candidate]) => candidate === token);
  const other = WITH_PROPERTIES.find(([candidate]) => candidate === token);
  if (!plain && !other) throw protocolError(`A sql_variant has the base type 0x${token?.toString(16)}.`);
  if ((other?.[2] ?? 0) !== propertyBytes)
    throw protocolError(`A sql_variant has ${propertyBytes} bytes of properties.`);
  const type = other
    ? readType(other[1], buffer.subarray(offset + 2, valueAt))
    : toInfo(plain?.[1] ?? 'null', plain?.[2] ?? 0);
  return { type, offset: valueAt, length: offset + length - valueAt };
}

/** Bytes of a date and an offset beside the time. */
const DATE_BYTES: ReadonlyMap<string, number> = new Map([
  ['time', 0],
  ['datetime2', 3],
  ['datetimeoffset', 5],
]);

function readType(name: TdsTypeName, properties: Buffer): TypeInfo {
  const dateBytes = DATE_BYTES.get(name);
  if (dateBytes !== undefined) {
    const scale = properties.readUInt8(0);
    if (scale > 7) throw protocolError(`A ${name} declares the scale ${scale}.`);
    return { ...toInfo(name, timeBytes(scale) + dateBytes), scale };
  }
  if (name === 'decimal' || name === 'numeric') return readDecimalType(name, properties);
  if (name === 'binary' || name === 'varbinary') return toInfo(name, properties.readUInt16LE(0));
  const encoding = name.startsWith('n') ? 'utf16le' : toEncoding(properties.subarray(0, 5));
  return { ...toInfo(name, properties.readUInt16LE(5)), encoding };
}

function readDecimalType(name: TdsTypeName, properties: Buffer): TypeInfo {
  const [precision, scale] = [properties.readUInt8(0), properties.readUInt8(1)];
  if (precision < 1 || precision > 38 || scale > precision)
    throw protocolError(`A ${name} declares ${precision} digits.`);
  return { ...toInfo(name, 17), precision, scale };
}

function toInfo(type: TdsTypeName, maxLength: number): TypeInfo {
  return { type, maxLength, precision: 0, scale: 0, encoding: 'binary' };
}

/** The bytes of a variant that holds `value` as this type. `TDS_TYPE_UNSUPPORTED`, `TDS_VALUE_INVALID`. */
export function encodeVariant(type: TypeInfo, value: Parameters<typeof encodeValue>[1]): Buffer {
  const plain = PLAIN.find(([, name]) => name === type.type);
  if (plain) return Buffer.concat([Buffer.from([plain[0], 0]), encodeValue(type, value)]);
  const other = WITH_PROPERTIES.find(([, name]) => name === type.type);
  if (!other || type.maxLength === null) throw typeError(`A sql_variant holds no ${type.type}.`);
  return Buffer.concat([Buffer.from([other[0], other[2]]), writeProperties(type), encodeValue(type, value)]);
}

function writeProperties(type: TypeInfo): Buffer {
  if (type.precision > 0) return Buffer.from([type.precision, type.scale]);
  if (type.encoding === 'binary' && !type.type.endsWith('binary')) return Buffer.from([type.scale]);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(type.maxLength ?? 0);
  return type.encoding === 'binary' ? size : Buffer.concat([toCollation(type.encoding), size]);
}
