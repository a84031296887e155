// A value as its declared type has it: what a cell of that type would decode to. Writing and reading it through the codec
// is the conversion, so the engine has no second opinion about rounding.

import type { TypeInfo } from '../../codec/base-types.ts';
import { ByteWriter } from '../../codec/byte-writer.ts';
import { decodeCell } from '../../codec/decode-cell.ts';
import { writeCell } from '../../codec/encode-cell.ts';
import { RowScanner } from '../../codec/row-scanner.ts';
import { writeTypeInfo } from '../../codec/type-info.ts';
import type { CellValue } from '../../tds-column.ts';

/** What SQLite stores and gives back. */
export type SqliteValue = string | number | bigint | Uint8Array | null;

/** Converts to the type; `TDS_VALUE_INVALID` when the value doesn't fit. */
export function toCanonical(type: TypeInfo, value: CellValue): CellValue {
  if (value === null) return null;
  const wire = writeTypeInfo(new ByteWriter(), type, true);
  const writer = new ByteWriter();
  writeCell(writer, wire, value);
  const bytes = writer.take();
  const scanner = new RowScanner([wire], bytes.length);
  scanner.scanRow(bytes, 0, bytes.length);
  return decodeCell(type, bytes, scanner.offsets[0] ?? 0, scanner.lengths[0] ?? -1);
}

/** A cell value as SQLite takes it. */
export function toSqliteValue(value: CellValue): SqliteValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** What SQLite gave as a cell value. */
export function fromSqliteValue(value: unknown): CellValue {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value as SqliteValue as CellValue; // node:sqlite has no other values
}
