// Finds the cells of a row in a buffer without copying or decoding them: the hot path of the reader. Plain numbers and two
// reused Int32Arrays; an incomplete row answers -1 and is scanned again when more bytes are there.
import { TowpathError } from '@towpath/core';
import { protocolError } from '../tds-errors.ts';
import { CellLayout, type WireType } from './type-info.ts';

const INCOMPLETE = -1;
/** Most bytes of a cell that is no max type, text, ntext or image: those of a sql_variant. */
const MAX_SHORT_BYTES = 8016;
const ALL_ONES = 0xffff_ffff;
const UNKNOWN_TOTAL_LOW = 0xffff_fffe;

/** What a scanner may be told besides. */
export interface ScanOptions {
  /** Names of the columns, for errors. */
  readonly names?: readonly string[];
  /** Report cells beyond the limit by `isOversized` instead of throwing. */
  readonly allowsOversized?: boolean;
}

/** Scans rows of one set of columns. */
export class RowScanner {
  /** Where each cell of the last complete row begins. */
  readonly offsets: Int32Array;
  /** How many bytes each has; -1 is NULL. */
  readonly lengths: Int32Array;
  /** After an incomplete row: the buffer must reach at least this far before scanning again can succeed. */
  neededEnd = 0;
  /** True after an incomplete row that has a cell beyond the limit, where such cells are allowed. */
  isOversized = false;
  /** `CellLayout` of each column. */
  readonly layouts: Uint8Array;
  private readonly fixedBytes: Uint8Array;
  /** 1 where the last row's cell came in several chunks and must be joined. */
  private readonly chunked: Uint8Array;
  private readonly names: readonly string[];
  readonly maxCellBytes: number;
  private readonly allowsOversized: boolean;

  constructor(wires: readonly WireType[], maxCellBytes: number, options: ScanOptions = {}) {
    this.offsets = new Int32Array(wires.length);
    this.lengths = new Int32Array(wires.length);
    this.chunked = new Uint8Array(wires.length);
    this.layouts = Uint8Array.from(wires, (wire) => wire.layout);
    this.fixedBytes = Uint8Array.from(wires, (wire) => wire.fixedBytes);
    this.names = options.names ?? [];
    this.allowsOversized = options.allowsOversized ?? false;
    this.maxCellBytes = maxCellBytes;
  }

  /** Scans a ROW body (MS-TDS 2.2.7.19); returns the position after it, or -1 when it isn't complete. */
  scanRow(buffer: Buffer, from: number, end: number): number {
    let position = from;
    for (let index = 0; index < this.layouts.length; index += 1) {
      position = this.scanCell(index, buffer, position, end);
      if (position === INCOMPLETE) return INCOMPLETE;
    }
    this.joinChunks(buffer);
    return position;
  }

  /** Scans an NBCROW body: a bit for each column says NULL, such cells are absent (MS-TDS 2.2.7.13). */
  scanNbcRow(buffer: Buffer, from: number, end: number): number {
    let position = from + ((this.layouts.length + 7) >> 3);
    if (position > end) return this.incomplete(position);
    for (let index = 0; index < this.layouts.length; index += 1) {
      if ((buffer.readUInt8(from + (index >> 3)) >> (index & 7)) & 1) {
        this.setCell(index, position, -1);
        continue;
      }
      position = this.scanCell(index, buffer, position, end);
      if (position === INCOMPLETE) return INCOMPLETE;
    }
    this.joinChunks(buffer);
    return position;
  }

  /** Scans one cell; returns the position after it, or -1 when it isn't complete. */
  scanCell(index: number, buffer: Buffer, position: number, end: number): number {
    const layout = this.layouts[index] ?? CellLayout.fixed;
    if (layout === CellLayout.fixed) return this.finishCell(index, position, this.fixedBytes[index] ?? 0, end);
    if (layout === CellLayout.plp) return this.scanPlp(index, buffer, position, end);
    if (layout === CellLayout.textPointer) return this.scanTextPointer(index, buffer, position, end);
    const start = position + (layout === CellLayout.longLength ? 4 : layout);
    if (start > end) return this.incomplete(start);
    return this.finishCell(index, start, readLength(buffer, position, layout), end);
  }

  private scanTextPointer(index: number, buffer: Buffer, position: number, end: number): number {
    if (position >= end) return this.incomplete(position + 1);
    const pointerBytes = buffer[position] ?? 0;
    if (pointerBytes === 0) return this.finishCell(index, position + 1, -1, end);
    const lengthAt = position + 1 + pointerBytes + 8;
    if (lengthAt + 4 > end) return this.incomplete(lengthAt + 4);
    return this.finishCell(index, lengthAt + 4, buffer.readUInt32LE(lengthAt), end);
  }

  private scanPlp(index: number, buffer: Buffer, from: number, end: number): number {
    if (from + 8 > end) return this.incomplete(from + 8);
    const low = buffer.readUInt32LE(from);
    const high = buffer.readUInt32LE(from + 4);
    if (high === ALL_ONES && low === ALL_ONES) return this.finishCell(index, from + 8, -1, end);
    const total = high === ALL_ONES && low === UNKNOWN_TOTAL_LOW ? -1 : high * 2 ** 32 + low;
    if (total > this.maxCellBytes) return this.refuseSize(index, total);
    const next = this.walkChunks(index, buffer, from + 8, end);
    if (next !== INCOMPLETE && total >= 0 && total !== this.lengths[index]) {
      throw protocolError(`A value of ${total} bytes came with ${this.lengths[index]}.`);
    }
    return next;
  }

  private walkChunks(index: number, buffer: Buffer, from: number, end: number): number {
    let position = from;
    let total = 0;
    let chunks = 0;
    for (;;) {
      if (position + 4 > end) return this.incomplete(position + 4);
      const length = buffer.readUInt32LE(position);
      position += 4;
      if (length === 0) break;
      total += length;
      chunks += 1;
      if (total > this.maxCellBytes) return this.refuseSize(index, total);
      position += length;
    }
    this.setCell(index, from + 4, total);
    this.chunked[index] = chunks > 1 ? 1 : 0;
    return position;
  }

  private finishCell(index: number, offset: number, length: number, end: number): number {
    const next = length > 0 ? offset + length : offset;
    if (length > this.maxCellBytes && !this.isSmallEnough(index, length)) return this.refuseSize(index, length);
    if (next > end) return this.incomplete(next);
    this.setCell(index, offset, length);
    return next;
  }

  private setCell(index: number, offset: number, length: number): void {
    this.offsets[index] = offset;
    this.lengths[index] = length;
    this.chunked[index] = 0;
  }

  private incomplete(neededEnd: number): number {
    this.neededEnd = neededEnd;
    return INCOMPLETE;
  }

  /** Where large cells may be left out, the limit is theirs alone: what can't be large is kept. */
  private isSmallEnough(index: number, length: number): boolean {
    const isLong = this.layouts[index] === CellLayout.textPointer || this.layouts[index] === CellLayout.plp;
    return this.allowsOversized && !isLong && length <= MAX_SHORT_BYTES;
  }

  private refuseSize(index: number, bytes: number): number {
    const isLong = this.layouts[index] === CellLayout.plp || this.layouts[index] === CellLayout.textPointer;
    if (this.allowsOversized && isLong) {
      this.isOversized = true;
      return INCOMPLETE;
    }
    throw new TowpathError({
      code: 'TDS_CELL_TOO_LARGE',
      message: `A value of column ${this.names[index] ?? index + 1} has more than ${this.maxCellBytes} bytes.`,
      cause: `It has at least ${bytes} bytes.`,
      fix: 'Leave the column out of the table’s columns, or raise the limit of a cell.',
    });
  }

  /** Moves the chunks of PLP cells together, in place, once the row is complete. */
  private joinChunks(buffer: Buffer): void {
    for (let index = 0; index < this.chunked.length; index += 1) {
      if (this.chunked[index] === 0) continue;
      const start = this.offsets[index] ?? 0;
      let target = start;
      let header = start - 4;
      for (let length = buffer.readUInt32LE(header); length !== 0; length = buffer.readUInt32LE(header)) {
        const chunkEnd = header + 4 + length;
        buffer.copyWithin(target, header + 4, chunkEnd);
        target += length;
        header = chunkEnd;
      }
    }
  }
}

/** The length before a cell, -1 for NULL. */
function readLength(buffer: Buffer, position: number, layout: number): number {
  if (layout === CellLayout.shortLength) {
    const length = buffer.readUInt16LE(position);
    return length === 0xffff ? -1 : length;
  }
  const length = layout === CellLayout.byteLength ? (buffer[position] ?? 0) : buffer.readUInt32LE(position);
  return length === 0 ? -1 : length;
}
