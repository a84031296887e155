// Reads a row that has a cell larger than the limit: cells within it are collected, larger ones are handed on piece by
// piece as they arrive, so that memory stays bounded whatever their size. Slower than `RowScanner`, and only for such rows.
import type { RowScanner } from '../codec/row-scanner.ts';
import { CellLayout } from '../codec/type-info.ts';
import { type CellPiece, OMITTED_CELL } from '../tds-column.ts';
import { protocolError } from '../tds-errors.ts';

const ALL_ONES = 0xffff_ffff;
const UNKNOWN_TOTAL_LOW = 0xffff_fffe;

/** Fed until `isDone`; then the scanner's offsets and lengths describe the row in `cells`. */
export class WideRowReader {
  isDone = false;
  /** The cells of the row that are within the limit. */
  cells = Buffer.allocUnsafe(64 * 1024);
  private readonly scanner: RowScanner;
  private readonly give: (piece: CellPiece) => void;
  private bitmap: Buffer | undefined;
  private readonly hasBitmap: boolean;
  private used = 0;
  private column = 0;
  /** Bytes that come before the next length or cell. */
  private left = 0;
  private isInCell = false;
  private hasChunks = false;
  private isOmitted = false;
  private cellBytes = 0;
  private declaredBytes = -1;

  constructor(scanner: RowScanner, hasBitmap: boolean, give: (piece: CellPiece) => void) {
    this.scanner = scanner;
    this.hasBitmap = hasBitmap;
    this.give = give;
  }

  /** Takes what it can use and returns the position after it. */
  feed(buffer: Buffer, from: number, end: number): number {
    let position = from;
    for (;;) {
      const next = this.step(buffer, position, end);
      if (next < 0) return position;
      position = next;
      if (this.isDone) return position;
    }
  }

  /** One length, one piece or one small cell; -1 when there isn't enough of it. */
  private step(buffer: Buffer, position: number, end: number): number {
    if (this.hasBitmap && !this.bitmap) return this.readBitmap(buffer, position, end);
    if (this.column === this.scanner.layouts.length) {
      this.isDone = true;
      return position;
    }
    if (!this.isInCell) return this.startCell(buffer, position, end);
    if (this.left > 0) return this.readPiece(buffer, position, end);
    if (this.hasChunks) return this.readChunkLength(buffer, position, end);
    this.finishCell();
    return position;
  }

  private readBitmap(buffer: Buffer, position: number, end: number): number {
    const next = position + ((this.scanner.layouts.length + 7) >> 3);
    if (next > end) return -1;
    this.bitmap = Buffer.from(buffer.subarray(position, next));
    return next;
  }

  private startCell(buffer: Buffer, position: number, end: number): number {
    const bits = this.bitmap?.[this.column >> 3] ?? 0;
    if ((bits >> (this.column & 7)) & 1) {
      this.endCell(this.used, -1);
      return position;
    }
    const layout = this.scanner.layouts[this.column];
    if (layout === CellLayout.plp) return this.startPlp(buffer, position, end);
    if (layout === CellLayout.textPointer) return this.startTextPointer(buffer, position, end);
    return this.readSmallCell(buffer, position, end);
  }

  private readSmallCell(buffer: Buffer, position: number, end: number): number {
    const next = this.scanner.scanCell(this.column, buffer, position, end);
    if (next < 0) return -1;
    const length = this.scanner.lengths[this.column] ?? -1;
    const start = this.used;
    if (length > 0) this.append(buffer, next - length, next);
    this.endCell(start, length);
    return next;
  }

  private startPlp(buffer: Buffer, position: number, end: number): number {
    if (position + 8 > end) return -1;
    const [low, high] = [buffer.readUInt32LE(position), buffer.readUInt32LE(position + 4)];
    if (high === ALL_ONES && low === ALL_ONES) this.endCell(this.used, -1);
    else this.openCell(0, high === ALL_ONES && low === UNKNOWN_TOTAL_LOW ? -1 : high * 2 ** 32 + low, true);
    return position + 8;
  }

  private startTextPointer(buffer: Buffer, position: number, end: number): number {
    if (position >= end) return -1;
    const pointerBytes = buffer[position] ?? 0;
    if (pointerBytes === 0) {
      this.endCell(this.used, -1);
      return position + 1;
    }
    const lengthAt = position + 1 + pointerBytes + 8;
    if (lengthAt + 4 > end) return -1;
    const length = buffer.readUInt32LE(lengthAt);
    this.openCell(length, length, false);
    return lengthAt + 4;
  }

  private openCell(left: number, declaredBytes: number, hasChunks: boolean): void {
    this.isInCell = true;
    this.hasChunks = hasChunks;
    this.left = left;
    this.declaredBytes = declaredBytes;
    this.cellBytes = 0;
    this.isOmitted = false;
    this.scanner.offsets[this.column] = this.used;
  }

  private readChunkLength(buffer: Buffer, position: number, end: number): number {
    if (position + 4 > end) return -1;
    this.left = buffer.readUInt32LE(position);
    if (this.left === 0) this.finishCell();
    return position + 4;
  }

  private readPiece(buffer: Buffer, position: number, end: number): number {
    if (position === end) return -1;
    const next = Math.min(end, position + this.left);
    this.left -= next - position;
    this.cellBytes += next - position;
    if (!this.isOmitted && this.cellBytes > this.scanner.maxCellBytes) this.omit();
    if (this.isOmitted) this.hand(buffer, position, next);
    else this.append(buffer, position, next);
    return next;
  }

  /** What was collected of the cell goes the way of the rest. */
  private omit(): void {
    this.isOmitted = true;
    const start = this.scanner.offsets[this.column] ?? 0;
    if (this.used > start) this.hand(this.cells, start, this.used);
    this.used = start;
  }

  private hand(buffer: Buffer, from: number, to: number): void {
    this.give({ columnIndex: this.column, buffer, offset: from, length: to - from, isLast: false });
  }

  private finishCell(): void {
    if (this.declaredBytes >= 0 && this.declaredBytes !== this.cellBytes) {
      throw protocolError(`A value of ${this.declaredBytes} bytes came with ${this.cellBytes}.`);
    }
    const nothing = { columnIndex: this.column, buffer: this.cells, offset: 0, length: 0 };
    if (this.isOmitted) this.give({ ...nothing, isLast: true });
    this.endCell(this.scanner.offsets[this.column] ?? 0, this.isOmitted ? OMITTED_CELL : this.cellBytes);
  }

  private endCell(offset: number, length: number): void {
    this.scanner.offsets[this.column] = offset;
    this.scanner.lengths[this.column] = length;
    this.isInCell = false;
    this.column += 1;
  }

  private append(buffer: Buffer, from: number, to: number): void {
    const end = this.used + to - from;
    if (end > this.cells.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.cells.length * 2, end));
      this.cells.copy(grown, 0, 0, this.used);
      this.cells = grown;
    }
    buffer.copy(this.cells, this.used, from, to);
    this.used = end;
  }
}
