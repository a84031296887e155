// TYPE_INFO: how a column or parameter declares its type, and how its cells lie on the wire (MS-TDS 2.2.5.4 to 2.2.5.6).

import type { TdsEncoding, TdsTypeName } from '../tds-column.ts';
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
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { toCollation, toEncoding } from './collation.ts';

/** How the length of a cell is found. */
export const CellLayout = {
  /** No length: always `fixedBytes`, never NULL. */
  fixed: 0,
  /** One byte of length, 0 is NULL. */
  byteLength: 1,
  /** Two bytes of length, 0xFFFF is NULL. */
  shortLength: 2,
  /** Four bytes of length, 0 is NULL (sql_variant). */
  longLength: 3,
  /** Text pointer and timestamp before a four byte length, an empty pointer is NULL (text, ntext, image). */
  textPointer: 4,
  /** Partially length-prefixed: total, then chunks (MS-TDS 2.2.5.2.3). */
  plp: 5,
} as const;

/** A declared type with its layout. */
export interface WireType {
  readonly info: TypeInfo;
  /** One of `CellLayout`. */
  readonly layout: number;
  /** Size of a fixed cell, else 0. */
  readonly fixedBytes: number;
}

const PLP_LENGTH = 0xffff;
const MAX_HIERARCHYID_BYTES = 892;
/** 8,000 bytes of value, the rest is for its type (MS-TDS 2.2.5.5.4). */
const MAX_VARIANT_BYTES = 8009;

/** Nullable forms of the fixed types: token, then name by number of bytes (MS-TDS 2.2.5.4.2). */
const SIZED_TYPES: ReadonlyMap<number, ReadonlyMap<number, TdsTypeName>> = new Map([
  [
    0x26,
    new Map<number, TdsTypeName>([
      [1, 'tinyint'],
      [2, 'smallint'],
      [4, 'int'],
      [8, 'bigint'],
    ]),
  ],
  [0x68, new Map<number, TdsTypeName>([[1, 'bit']])],
  [
    0x6d,
    new Map<number, TdsTypeName>([
      [4, 'real'],
      [8, 'float'],
    ]),
  ],
  [
    0x6e,
    new Map<number, TdsTypeName>([
      [4, 'smallmoney'],
      [8, 'money'],
    ]),
  ],
  [
    0x6f,
    new Map<number, TdsTypeName>([
      [4, 'smalldatetime'],
      [8, 'datetime'],
    ]),
  ],
  [GUID_TYPE[0], new Map<number, TdsTypeName>([[GUID_TYPE[2], GUID_TYPE[1]]])],
]);

const LONG_TYPES: readonly (readonly [number, TdsTypeName])[] = [
  [0x22, 'image'],
  [0x23, 'text'],
  [0x63, 'ntext'],
];

const VARIANT_TOKEN = 0x62;
const UDT_TOKEN = 0xf0;
const XML_TOKEN = 0xf1;
type TypeReader = (reader: ByteReader) => WireType;

/** One reader per type token; a token without one is refused. */
const READERS: ReadonlyMap<number, TypeReader> = new Map<number, TypeReader>([
  ...FIXED_TYPES.map(([token, type, bytes]): [number, TypeReader] => [
    token,
    () => ({ info: plainType(type, bytes), layout: CellLayout.fixed, fixedBytes: bytes }),
  ]),
  ...[...SIZED_TYPES].map(([token, names]): [number, TypeReader] => [token, (reader) => readSized(reader, names)]),
  ...SHORT_TYPES.map(([token, type]): [number, TypeReader] => [token, (reader) => readShort(reader, type)]),
  ...LONG_TYPES.map(([token, type]): [number, TypeReader] => [token, (reader) => readLong(reader, type)]),
  ...SCALED_TYPES.map(([token, type]): [number, TypeReader] => [token, (reader) => readScaled(reader, type)]),
  ...DECIMAL_TYPES.map(([token, type]): [number, TypeReader] => [token, (reader) => readDecimal(reader, type)]),
  [DATE_TYPE[0], () => ({ info: plainType('date', DATE_TYPE[2]), layout: CellLayout.byteLength, fixedBytes: 0 })],
  [VARIANT_TOKEN, readVariant],
  [UDT_TOKEN, readUdt],
  [XML_TOKEN, readXml],
]);

/** Reads one TYPE_INFO; `TDS_TYPE_UNSUPPORTED` for a token that SQL Server since 2008 doesn't send. */
export function readTypeInfo(reader: ByteReader): WireType {
  const token = reader.u8();
  const read = READERS.get(token);
  if (!read) throw typeError(`The type token 0x${token.toString(16)} is not known.`);
  return read(reader);
}

function readSized(reader: ByteReader, names: ReadonlyMap<number, TdsTypeName>): WireType {
  const bytes = reader.u8();
  const type = names.get(bytes);
  if (!type) throw protocolError(`A type declares ${bytes} bytes, which it cannot have.`);
  return { info: plainType(type, bytes), layout: CellLayout.byteLength, fixedBytes: 0 };
}

function readEncoding(reader: ByteReader, type: TdsTypeName): TdsEncoding {
  const own = ownEncoding(type);
  if (own === 'binary') return own;
  const encoding = toEncoding(reader.bytes(5));
  return own ?? encoding;
}

function readShort(reader: ByteReader, type: TdsTypeName): WireType {
  const maxLength = reader.u16();
  const encoding = readEncoding(reader, type);
  if (maxLength === PLP_LENGTH) return { info: plainType(type, null, encoding), layout: CellLayout.plp, fixedBytes: 0 };
  return { info: plainType(type, maxLength, encoding), layout: CellLayout.shortLength, fixedBytes: 0 };
}

function readLong(reader: ByteReader, type: TdsTypeName): WireType {
  const maxLength = reader.u32();
  return {
    info: plainType(type, maxLength, readEncoding(reader, type)),
    layout: CellLayout.textPointer,
    fixedBytes: 0,
  };
}

function readScaled(reader: ByteReader, type: TdsTypeName): WireType {
  const scale = reader.u8();
  const info = scaledType(type, scale);
  if (!info) throw protocolError(`A ${type} declares the scale ${scale}.`);
  return { info, layout: CellLayout.byteLength, fixedBytes: 0 };
}

function readDecimal(reader: ByteReader, type: TdsTypeName): WireType {
  const maxLength = reader.u8();
  const digits = { precision: reader.u8(), scale: reader.u8() };
  const info = decimalType(type, maxLength, digits);
  if (!info) throw protocolError(`A ${type} declares precision ${digits.precision} and scale ${digits.scale}.`);
  return { info, layout: CellLayout.byteLength, fixedBytes: 0 };
}

function readVariant(reader: ByteReader): WireType {
  return { info: plainType('sql_variant', reader.u32()), layout: CellLayout.longLength, fixedBytes: 0 };
}

/** UDT_INFO in a result: size, database, schema and type name, assembly (MS-TDS 2.2.5.5.2). */
function readUdt(reader: ByteReader): WireType {
  reader.skip(2);
  const [, , udtName = ''] = [reader.byteText(), reader.byteText(), reader.byteText()];
  reader.shortText();
  return { info: { ...plainType('udt', null), udtName }, layout: CellLayout.plp, fixedBytes: 0 };
}

/** XML_INFO: a schema collection, when the column has one (MS-TDS 2.2.5.5.3). */
function readXml(reader: ByteReader): WireType {
  if (reader.u8() !== 0) {
    reader.byteText();
    reader.byteText();
    reader.shortText();
  }
  return { info: plainType('xml', null, 'utf16le'), layout: CellLayout.plp, fixedBytes: 0 };
}

/** Writes TYPE_INFO and says how cells must be written. A column that can't be NULL gets its fixed type, as SQL Server sends it. */
export function writeTypeInfo(writer: ByteWriter, info: TypeInfo, nullable: boolean): WireType {
  const fixed = FIXED_TYPES.find(([, type]) => type === info.type);
  if (fixed && (!nullable || info.type === 'null')) {
    writer.u8(fixed[0]);
    return { info, layout: CellLayout.fixed, fixedBytes: fixed[2] };
  }
  if (fixed || info.type === 'uniqueidentifier') return writeSized(writer, info);
  if (info.type === 'date') writer.u8(DATE_TYPE[0]);
  const scaled = SCALED_TYPES.find(([, type]) => type === info.type);
  if (scaled) writer.u8(scaled[0]).u8(info.scale);
  const decimal = DECIMAL_TYPES.find(([, type]) => type === info.type);
  if (decimal) {
    writer
      .u8(decimal[0])
      .u8(info.maxLength ?? 17)
      .u8(info.precision)
      .u8(info.scale);
  }
  if (info.type === 'date' || scaled || decimal) return { info, layout: CellLayout.byteLength, fixedBytes: 0 };
  return writeLengthType(writer, info);
}

function writeSized(writer: ByteWriter, info: TypeInfo): WireType {
  for (const [token, names] of SIZED_TYPES) {
    for (const [bytes, type] of names) {
      if (type !== info.type) continue;
      writer.u8(token).u8(bytes);
      return { info, layout: CellLayout.byteLength, fixedBytes: 0 };
    }
  }
  throw typeError(`${info.type} has no sized form.`);
}

function writeLengthType(writer: ByteWriter, info: TypeInfo): WireType {
  if (info.type === 'xml') {
    writer.u8(XML_TOKEN).u8(0);
    return { info, layout: CellLayout.plp, fixedBytes: 0 };
  }
  if (info.type === 'udt') return writeUdt(writer, info);
  if (info.type === 'sql_variant') {
    writer.u8(VARIANT_TOKEN).u32(info.maxLength ?? MAX_VARIANT_BYTES);
    return { info, layout: CellLayout.longLength, fixedBytes: 0 };
  }
  const long = LONG_TYPES.find(([, type]) => type === info.type);
  const short = SHORT_TYPES.find(([, type]) => type === info.type);
  if (long) writer.u8(long[0]).u32(info.maxLength ?? 0x7fff_ffff);
  else if (short) writer.u8(short[0]).u16(info.maxLength ?? PLP_LENGTH);
  else throw typeError(`${info.type} cannot be written.`);
  if (info.encoding !== 'binary') writer.bytes(toCollation(info.encoding));
  if (long) return { info, layout: CellLayout.textPointer, fixedBytes: 0 };
  return { info, layout: info.maxLength === null ? CellLayout.plp : CellLayout.shortLength, fixedBytes: 0 };
}

/** SQL Server's own CLR types live in schema sys; they are declared with the largest size. */
function writeUdt(writer: ByteWriter, info: TypeInfo): WireType {
  const name = info.udtName ?? '';
  const size = name === 'hierarchyid' ? MAX_HIERARCHYID_BYTES : PLP_LENGTH;
  writer.u8(UDT_TOKEN).u16(size).byteText('').byteText('sys').byteText(name);
  writer.shortText(`Microsoft.SqlServer.Types.Sql${name}, Microsoft.SqlServer.Types, Version=11.0.0.0`);
  return { info, layout: CellLayout.plp, fixedBytes: 0 };
}
