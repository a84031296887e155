// Tokens of a server's response: their numbers, and the ones with a body that both sides need (MS-TDS 2.2.7).
import type { CellValue, TdsColumn } from '../tds-column.ts';
import { protocolError } from '../tds-errors.ts';
import type { TypeInfo } from './base-types.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { writeCell } from './encode-cell.ts';
import { readTypeInfo, type WireType, writeTypeInfo } from './type-info.ts';

/** First byte of each token (MS-TDS 2.2.7). */
export const Token = {
  returnStatus: 0x79,
  columnMetadata: 0x81,
  tableName: 0xa4,
  columnInfo: 0xa5,
  order: 0xa9,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  row: 0xd1,
  nbcRow: 0xd2,
  envChange: 0xe3,
  sessionState: 0xe4,
  sspi: 0xed,
  fedAuthInfo: 0xee,
  done: 0xfd,
  doneProc: 0xfe,
  doneInProc: 0xff,
} as const;

/** Status bits of DONE (MS-TDS 2.2.7.6). */
export const DoneStatus = { more: 0x1, error: 0x2, count: 0x10, attention: 0x20 } as const;

/** Kinds of ENVCHANGE (MS-TDS 2.2.7.9). */
export const EnvChange = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commitTransaction: 9,
  rollbackTransaction: 10,
  routing: 20,
} as const;

/** Where a routing ENVCHANGE sends the client. */
export interface Route {
  readonly host: string;
  readonly port: number;
}

/** Reads the new value of a routing ENVCHANGE: length, protocol, port, server (MS-TDS 2.2.7.9). */
export function readRoute(body: ByteReader): Route {
  body.skip(2);
  const protocol = body.u8();
  if (protocol !== 0) throw protocolError(`A server routes to the protocol ${protocol}, which is not TCP.`);
  const port = body.u16();
  return { port, host: body.shortText() };
}

/** Writes a routing ENVCHANGE. */
export function writeRoute(writer: ByteWriter, { host, port }: Route): void {
  const bytes = 1 + 2 + 2 + host.length * 2;
  writer
    .u8(Token.envChange)
    .u16(1 + 2 + bytes + 2)
    .u8(EnvChange.routing);
  writer.u16(bytes).u8(0).u16(port).shortText(host).u16(0);
}

/** Body of ERROR and INFO (MS-TDS 2.2.7.10). */
export interface ServerMessage {
  readonly number: number;
  readonly state: number;
  readonly severity: number;
  readonly text: string;
  readonly serverName: string;
  readonly procedureName: string;
  readonly line: number;
}

/** Body of DONE, DONEPROC and DONEINPROC. */
export interface Done {
  readonly status: number;
  readonly rowCount: bigint;
}

/** Reads the body of ERROR or INFO, length included. */
export function readServerMessage(reader: ByteReader): ServerMessage {
  const length = reader.u16();
  const end = reader.position + length;
  const message: ServerMessage = {
    number: reader.i32(),
    state: reader.u8(),
    severity: reader.u8(),
    text: reader.shortText(),
    serverName: reader.byteText(),
    procedureName: reader.byteText(),
    line: reader.u32(),
  };
  if (reader.position > end) throw protocolError('A server message is longer than it says.');
  reader.skip(end - reader.position);
  return message;
}

/** Writes ERROR or INFO. */
export function writeServerMessage(writer: ByteWriter, token: number, message: ServerMessage): void {
  const lengthAt = writer.u8(token).length;
  writer.u16(0);
  const start = writer.length;
  writer.i32(message.number).u8(message.state).u8(message.severity).shortText(message.text);
  writer.byteText(message.serverName).byteText(message.procedureName).u32(message.line);
  writer.patchU16(lengthAt, writer.length - start);
}

/** Reads the body of DONE; row counts have eight bytes since TDS 7.2. */
export function readDone(reader: ByteReader): Done {
  const status = reader.u16();
  reader.skip(2);
  return { status, rowCount: reader.u64() };
}

/** Writes one of the three DONE tokens. `command` is the token of the statement, 0xC1 for SELECT. */
export function writeDone(writer: ByteWriter, token: number, done: Done, command = 0xc1): void {
  writer.u8(token).u16(done.status).u16(command).u64(done.rowCount);
}

/** A column as it stands in COLMETADATA. */
export interface ColumnMetadata {
  readonly column: TdsColumn;
  readonly wire: WireType;
}

const FLAG_NULLABLE = 0x0001;
const FLAG_UPDATEABLE_UNKNOWN = 0x0008;
const FLAG_IDENTITY = 0x0010;
const NO_METADATA = 0xffff;

/** Reads the body of COLMETADATA (MS-TDS 2.2.7.4); undefined when the server sent none. */
export function readColumnMetadata(reader: ByteReader): ColumnMetadata[] | undefined {
  const count = reader.u16();
  if (count === NO_METADATA) return undefined;
  const columns: ColumnMetadata[] = [];
  for (let index = 0; index < count; index += 1) columns.push(readColumn(reader));
  return columns;
}

function readColumn(reader: ByteReader): ColumnMetadata {
  reader.skip(4);
  const flags = reader.u16();
  const wire = readTypeInfo(reader);
  if (wire.info.type === 'text' || wire.info.type === 'ntext' || wire.info.type === 'image') {
    for (let parts = reader.u8(); parts > 0; parts -= 1) reader.shortText();
  }
  const name = reader.byteText();
  return { column: { name, ...wire.info, nullable: (flags & FLAG_NULLABLE) !== 0 }, wire };
}

/** Writes COLMETADATA and returns how to write each cell of the rows that follow. */
export function writeColumnMetadata(
  writer: ByteWriter,
  columns: readonly (TdsColumn & { readonly identity?: boolean })[],
): WireType[] {
  writer.u8(Token.columnMetadata).u16(columns.length);
  return columns.map((column) => {
    const flags = (column.nullable ? FLAG_NULLABLE : 0) | (column.identity ? FLAG_IDENTITY : FLAG_UPDATEABLE_UNKNOWN);
    const wire = writeTypeInfo(writer.u32(0).u16(flags), column, column.nullable);
    if (column.type === 'text' || column.type === 'ntext' || column.type === 'image') writer.u8(1).shortText('table');
    writer.byteText(column.name);
    return wire;
  });
}

/** RETURNVALUE: a parameter that a procedure gives back (MS-TDS 2.2.7.19). */
export function writeReturnValue(
  writer: ByteWriter,
  output: { readonly ordinal: number; readonly name: string; readonly type: TypeInfo; readonly value: CellValue },
): void {
  writer.u8(Token.returnValue).u16(output.ordinal).byteText(output.name).u8(1).u32(0).u16(0);
  writeCell(writer, writeTypeInfo(writer, output.type, true), output.value);
}

/** ENVCHANGE with two texts: database, language, packet size. */
export function writeEnvChange(writer: ByteWriter, kind: number, value: string, previous: string): void {
  const lengthAt = writer.u8(Token.envChange).length;
  writer.u16(0);
  const start = writer.length;
  writer.u8(kind).byteText(value).byteText(previous);
  writer.patchU16(lengthAt, writer.length - start);
}

/** ENVCHANGE of the collation: five bytes instead of text. */
export function writeCollationChange(writer: ByteWriter, collation: Buffer): void {
  writer.u8(Token.envChange).u16(8).u8(EnvChange.collation).u8(5).bytes(collation).u8(0);
}
