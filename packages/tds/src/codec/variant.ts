// A sql_variant cell: the token of its base type, the size of that type's properties, the properties, the value
// (MS-TDS 2.2.5.5.4). It can't hold max types, text, xml, rowversion or CLR types.
import type { TdsTypeName } from '../tds-column.ts';
import { protocolError, typeError } from '../tds-errors.ts';
import {
  DATE_TYPE,
  DECIMAL_TYPES,
  decimalType,
  FIXED_TYPES,
  GUID_TYPE,
  ownEncoding,
  plainType,
  SCALED_TYPES,
  SHORT_TYPES,
  scaledType,
  type TypeInfo,
} from './base-types.ts';
import { toCollation, toEncoding } from './collation.ts';
import { encodeValue } from './encode-cell.ts';

/** Where a variant's value lies, and what it is. */
export interface TdsVariant {
  /** The base type as a column would have it. */
  readonly type: TypeInfo;
  readonly offset: number;
  readonly length: number;
}

/** Base types without properties: token, name, bytes. */
const PLAIN: readonly (readonly [number, TdsTypeName, number])[] = [
  ...FIXED_TYPES.filter(([, type]) => type !== 'null'),
  GUID_TYPE,
  DATE_TYPE,
];

/** Base types with properties: token, name, bytes of properties. */
const WITH_PROPERTIES: readonly (readonly [number, TdsTypeName, number])[] = [
  ...SCALED_TYPES.map(([token, type]) => [token, type, 1] as const),
  ...DECIMAL_TYPES.map(([token, type]) => [token, type, 2] as const),
  // A size, and of text a collation before it.
  ...SHORT_TYPES.map(([token, type]) => [token, type, ownEncoding(type) === 'binary' ? 2 : 7] as const),
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
    : plainType(plain?.[1] ?? 'null', plain?.[2] ?? 0);
  return { type, offset: valueAt, length: offset + length - valueAt };
}

/** The largest decimal: a variant says its digits, not its size. */
const MAX_DECIMAL_BYTES = 17;

function readType(name: TdsTypeName, properties: Buffer): TypeInfo {
  if (properties.length === 1) return check(name, scaledType(name, properties.readUInt8(0)));
  if (name === 'decimal' || name === 'numeric') {
    const digits = { precision: properties.readUInt8(0), scale: properties.readUInt8(1) };
    return check(name, decimalType(name, MAX_DECIMAL_BYTES, digits));
  }
  const own = ownEncoding(name);
  if (own === 'binary') return plainType(name, properties.readUInt16LE(0));
  return plainType(name, properties.readUInt16LE(5), own ?? toEncoding(properties.subarray(0, 5)));
}

function check(name: TdsTypeName, type: TypeInfo | undefined): TypeInfo {
  if (type) return type;
  throw protocolError(`A ${name} in a sql_variant declares digits that it can't have.`);
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
