// Turns the packets of a response into events, row by row as they arrive (MS-TDS 2.2.7).

import { ByteReader, MoreBytesNeeded } from '../codec/byte-reader.ts';
import { RowScanner } from '../codec/row-scanner.ts';
import {
  type ColumnMetadata,
  type Done,
  EnvChange,
  type Route,
  readColumnMetadata,
  readDone,
  readRoute,
  readServerMessage,
  type ServerMessage,
  Token,
} from '../codec/tokens.ts';
import { readTypeInfo } from '../codec/type-info.ts';
import type { CellPiece, RawRow, TdsColumn } from '../tds-column.ts';
import { protocolError } from '../tds-errors.ts';
import type { ByteQueue } from './byte-queue.ts';
import { WideRowReader } from './wide-row-reader.ts';

/** What a response consists of, in order. */
export interface ResponseEvents {
  columns(columns: readonly TdsColumn[]): void;
  row(row: RawRow): void;
  /** Takes cells beyond the limit; without it such a cell is an error. */
  oversized?: ((piece: CellPiece) => void) | undefined;
  error(message: ServerMessage): void;
  info(message: ServerMessage): void;
  done(done: Done): void;
  loginAck(version: string): void;
  packetSize(bytes: number): void;
  /** The login is meant for another server. */
  routed(route: Route): void;
  /** A token of integrated security to be answered. */
  challenge?(token: Buffer): void;
}

/** Above this a row cut by packets is scanned again only after half as much more has come, so that huge rows cost linear time. */
const EAGER_RESCAN_BYTES = 64 * 1024;

/** Tokens other than rows have two bytes of length, or describe at most some thousand columns. */
const MAX_TOKEN_BYTES = 16 * 1024 * 1024;

/** Parses one response; make a new one for each request. */
export class ResponseParser {
  private readonly events: ResponseEvents;
  private readonly maxCellBytes: number;
  private scanner: RowScanner | undefined;
  private row: { buffer: Buffer; readonly offsets: Int32Array; readonly lengths: Int32Array } | undefined;
  /** Reads the row at hand, when that has a cell beyond the limit. */
  private wide: WideRowReader | undefined;
  /** Queued bytes needed before the next attempt is worth it. */
  private wantedBytes = 0;

  constructor(events: ResponseEvents, maxCellBytes: number) {
    this.events = events;
    this.maxCellBytes = maxCellBytes;
  }

  /** Takes all complete tokens from the queue; throws `TDS_PROTOCOL_ERROR` on damage and when the last packet leaves a rest. */
  parse(queue: ByteQueue, isLast: boolean): void {
    if (!isLast && queue.end - queue.start < this.wantedBytes) return;
    this.wantedBytes = 0;
    while (queue.start < queue.end) {
      const next = this.wide ? this.parseWideRow(this.wide, queue) : this.parseToken(queue);
      if (next < 0) break;
      queue.consumeTo(next);
    }
    if (isLast && (queue.start < queue.end || this.wide))
      throw protocolError('A response ends in the middle of a token.');
  }

  /** Returns the position after the token, or -1 when it isn't complete. */
  private parseToken(queue: ByteQueue): number {
    const token = queue.buffer[queue.start];
    if (token === Token.row || token === Token.nbcRow) return this.parseRow(queue, token);
    const reader = new ByteReader(queue.buffer, queue.start + 1, queue.end);
    try {
      this.parseBody(token ?? 0, reader);
      return reader.position;
    } catch (error) {
      if (!(error instanceof MoreBytesNeeded)) throw error;
      if (queue.end - queue.start > MAX_TOKEN_BYTES) throw protocolError('A token that is no row has no end.');
      return -1;
    }
  }

  private parseRow(queue: ByteQueue, token: number): number {
    const { scanner, row } = this;
    if (!scanner || !row) throw protocolError('A row came before its columns.');
    const next =
      token === Token.row
        ? scanner.scanRow(queue.buffer, queue.start + 1, queue.end)
        : scanner.scanNbcRow(queue.buffer, queue.start + 1, queue.end);
    if (next < 0 && scanner.isOversized) return this.startWideRow(scanner, queue, token);
    if (next < 0) {
      const have = queue.end - queue.start;
      const needed = scanner.neededEnd - queue.start;
      this.wantedBytes = have < EAGER_RESCAN_BYTES ? needed : Math.max(needed, Math.ceil(have * 1.5));
      return -1;
    }
    row.buffer = queue.buffer;
    this.events.row(row);
    return next;
  }

  /** Begins the row anew, cell by cell. */
  private startWideRow(scanner: RowScanner, queue: ByteQueue, token: number): number {
    const give = this.events.oversized ?? (() => undefined);
    scanner.isOversized = false;
    this.wide = new WideRowReader(scanner, token === Token.nbcRow, give);
    return queue.start + 1;
  }

  /** Position after what could be read of the row, -1 when that is nothing. */
  private parseWideRow(wide: WideRowReader, queue: ByteQueue): number {
    const next = wide.feed(queue.buffer, queue.start, queue.end);
    if (wide.isDone && this.row) {
      this.wide = undefined;
      this.row.buffer = wide.cells;
      this.events.row(this.row);
    }
    return next === queue.start && !wide.isDone ? -1 : next;
  }

  private parseBody(token: number, reader: ByteReader): void {
    switch (token) {
      case Token.columnMetadata:
        this.startRows(readColumnMetadata(reader));
        return;
      case Token.done:
      case Token.doneProc:
      case Token.doneInProc:
        this.events.done(readDone(reader));
        return;
      case Token.error:
        this.events.error(readServerMessage(reader));
        return;
      case Token.info:
        this.events.info(readServerMessage(reader));
        return;
      case Token.envChange:
        this.parseEnvChange(reader);
        return;
      case Token.loginAck:
        this.parseLoginAck(reader);
        return;
      default:
        this.skipBody(token, reader);
    }
  }

  private startRows(metadata: ColumnMetadata[] | undefined): void {
    if (!metadata) return;
    const scanner = new RowScanner(
      metadata.map(({ wire }) => wire),
      this.maxCellBytes,
      { names: metadata.map(({ column }) => column.name), allowsOversized: this.events.oversized !== undefined },
    );
    this.scanner = scanner;
    this.row = { buffer: Buffer.alloc(0), offsets: scanner.offsets, lengths: scanner.lengths };
    this.events.columns(metadata.map(({ column }) => column));
  }

  private parseEnvChange(reader: ByteReader): void {
    const body = new ByteReader(reader.bytes(reader.u16()));
    const kind = body.u8();
    if (kind === EnvChange.packetSize) this.events.packetSize(Number(body.byteText()));
    if (kind === EnvChange.routing) this.events.routed(readRoute(body));
  }

  private parseLoginAck(reader: ByteReader): void {
    const body = new ByteReader(reader.bytes(reader.u16()));
    body.skip(5);
    body.byteText();
    const [major, minor] = [body.u8(), body.u8()];
    this.events.loginAck(`${major}.${minor}.${body.u16be()}`);
  }

  private skipBody(token: number, reader: ByteReader): void {
    switch (token) {
      case Token.order:
      case Token.tableName:
      case Token.columnInfo:
        reader.skip(reader.u16());
        return;
      case Token.sspi:
        this.events.challenge?.(Buffer.from(reader.bytes(reader.u16())));
        return;
      case Token.returnStatus:
        reader.skip(4);
        return;
      case Token.sessionState:
      case Token.fedAuthInfo:
        reader.skip(reader.u32());
        return;
      case Token.featureExtAck:
        while (reader.u8() !== 0xff) reader.skip(reader.u32());
        return;
      case Token.returnValue:
        this.skipReturnValue(reader);
        return;
      default:
        throw protocolError(`A response has the unknown token 0x${token.toString(16)}.`);
    }
  }

  private skipReturnValue(reader: ByteReader): void {
    reader.skip(2);
    reader.byteText();
    reader.skip(7);
    const scanner = new RowScanner([readTypeInfo(reader)], this.maxCellBytes);
    const next = scanner.scanRow(reader.buffer, reader.position, reader.end);
    reader.skip((next < 0 ? scanner.neededEnd : next) - reader.position);
  }
}
