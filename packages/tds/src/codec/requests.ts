// Messages of a client after login: SQL batches and remote procedure calls (MS-TDS 2.2.6.7 and 2.2.6.6).

import type { CellValue } from '../tds-column.ts';
import type { TdsParameter } from '../tds-connection.ts';
import { protocolError, typeError, valueError } from '../tds-errors.ts';
import type { TypeInfo } from './base-types.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { parseDeclaredType } from './declared-type.ts';
import { decodeCell } from './decode-cell.ts';
import { writeCell } from './encode-cell.ts';
import { RowScanner } from './row-scanner.ts';
import { CellLayout, readTypeInfo, type WireType, writeTypeInfo } from './type-info.ts';

const TRANSACTION_HEADER = 2;
const HEADERS_BYTES = 22;

/** A SQL batch with its ALL_HEADERS. */
export function encodeSqlBatch(sql: string): Buffer {
  return startRequest().utf16(sql).take();
}

/** No transaction, one outstanding request (MS-TDS 2.2.5.3). */
function startRequest(): ByteWriter {
  return new ByteWriter()
    .u32(HEADERS_BYTES)
    .u32(HEADERS_BYTES - 4)
    .u16(TRANSACTION_HEADER)
    .u64(0n)
    .u32(1);
}

const EXECUTE_SQL = 10;
const STATEMENT_TYPE = declared('nvarchar(max)');
/** The old long types as parameters, which have another layout than in rows: sent as what replaced them. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['text', 'varchar(max)'],
  ['ntext', 'nvarchar(max)'],
  ['image', 'varbinary(max)'],
]);

/** A call of sp_executesql (MS-TDS 2.2.6.6). `TDS_TYPE_UNSUPPORTED` and `TDS_VALUE_INVALID` name the parameter. */
export function encodeExecuteSql(sql: string, parameters: readonly TdsParameter[]): Buffer {
  const writer = startRequest().u16(PROCEDURE_BY_NUMBER).u16(EXECUTE_SQL).u16(0);
  writeParameter(writer, '', STATEMENT_TYPE, sql);
  if (parameters.length === 0) return writer.take();
  const declarations = parameters.map(({ name, type }) => `${checkedName(name)} ${type}`).join(', ');
  writeParameter(writer, '', STATEMENT_TYPE, declarations);
  for (const { name, type, value } of parameters) {
    writeParameter(writer, name, declared(REPLACEMENTS.get(type.toLowerCase()) ?? type), value);
  }
  return writer.take();
}

function writeParameter(writer: ByteWriter, name: string, type: TypeInfo, value: CellValue): void {
  writer.byteText(name).u8(0);
  writeCell(writer, writeTypeInfo(writer, type, true), value);
}

function declared(type: string): TypeInfo {
  const info = parseDeclaredType(type);
  if (!info) throw typeError(`A parameter is declared as ${JSON.stringify(type)}, which is no type.`);
  return info;
}

/** The name stands in the declarations, so nothing but a name may be in it. */
function checkedName(name: string): string {
  if (!/^@[\p{L}_][\p{L}\p{N}_]{0,126}$/u.test(name)) throw valueError(`${JSON.stringify(name)} is no parameter name.`);
  return name;
}

/** The text of a SQL batch. */
export function decodeSqlBatch(message: Buffer): string {
  const reader = new ByteReader(message);
  skipAllHeaders(reader);
  return message.toString('utf16le', reader.position, message.length);
}

/** A parameter of a remote procedure call. */
export interface RpcParameter {
  readonly name: string;
  readonly isOutput: boolean;
  readonly type: TypeInfo;
  readonly value: CellValue;
}

/** A remote procedure call: by name, or by number for the well-known ones. */
export interface RpcRequest {
  readonly procedure: string;
  readonly parameters: readonly RpcParameter[];
}

/** Procedures called by number (MS-TDS 2.2.6.6, ProcID). */
const PROCEDURE_NAMES: ReadonlyMap<number, string> = new Map([
  [10, 'sp_executesql'],
  [11, 'sp_prepare'],
  [12, 'sp_execute'],
  [13, 'sp_prepexec'],
  [15, 'sp_unprepare'],
]);

const PROCEDURE_BY_NUMBER = 0xffff;

/** Reads a call; a batch of several calls is refused with `TDS_PROTOCOL_ERROR`. */
export function decodeRpc(message: Buffer): RpcRequest {
  const reader = new ByteReader(message);
  skipAllHeaders(reader);
  const nameLength = reader.u16();
  const number = nameLength === PROCEDURE_BY_NUMBER ? reader.u16() : 0;
  const procedure =
    nameLength === PROCEDURE_BY_NUMBER
      ? (PROCEDURE_NAMES.get(number) ?? `procedure ${number}`)
      : reader.utf16(nameLength);
  reader.skip(2);
  const parameters: RpcParameter[] = [];
  while (reader.position < reader.end) parameters.push(readParameter(reader));
  return { procedure, parameters };
}

function readParameter(reader: ByteReader): RpcParameter {
  const name = reader.byteText();
  const status = reader.u8();
  const wire = readTypeInfo(reader);
  return { name, isOutput: (status & 1) !== 0, type: wire.info, value: readParameterValue(reader, wire) };
}

function readParameterValue(reader: ByteReader, wire: WireType): CellValue {
  if (wire.layout === CellLayout.textPointer) {
    // Parameters of the old long types have a length and no text pointer (MS-TDS 2.2.5.2.2).
    const length = reader.u32();
    return length === 0xffff_ffff ? null : decodeCell(wire.info, reader.buffer, reader.skip(length), length);
  }
  const scanner = new RowScanner([wire], reader.end);
  const next = scanner.scanRow(reader.buffer, reader.position, reader.end);
  if (next < 0) throw protocolError('A parameter reaches beyond its message.');
  reader.position = next;
  return decodeCell(wire.info, reader.buffer, scanner.offsets[0] ?? 0, scanner.lengths[0] ?? -1);
}

/** Moves over ALL_HEADERS, which every request after login begins with. */
export function skipAllHeaders(reader: ByteReader): void {
  const total = reader.u32();
  if (total < 4) throw protocolError(`ALL_HEADERS says ${total} bytes.`);
  reader.skip(total - 4);
}
