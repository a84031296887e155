// Rows with cells that are too large for memory: the cells go to disk as they come, the rest of the row waits, and between
// two packets the row is checked and written piece by piece. The order of rows in bronze means nothing, so it may be later
// than rows that came after it.
import { type CellPiece, OMITTED_CELL, type RawRow } from '@towpath/tds';
import { CopyBuffer } from '../copy/copy-buffer.ts';
import { RefusedValue } from '../encode/cell-encoder.ts';
import { measureSpooled, writeSpooled } from '../encode/encode-spooled.ts';
import type { PlannedColumn } from '../encode/plan-columns.ts';
import { type OnBadRow, RowEncoder } from '../encode/row-encoder.ts';
import { CellSpool } from './cell-spool.ts';

/**
 * Cells up to this many bytes stay in memory; larger ones are spooled. The reader gathers a cell up to here before it gives
 * its first piece: with 16 MiB the process had 202 MiB at its peak, with 2 MiB it stays below 150 (large-cells.test.ts).
 */
export const MEMORY_CELL_BYTES = 2 * 1024 * 1024;

/** Text of a code page, or with an option, is made in memory; larger cells of such a column make a bad row. */
const WHOLE_CELL_BYTES = 16 * 1024 * 1024;

/** Where large rows go. */
export interface LargeRowsOptions {
  readonly columns: readonly PlannedColumn[];
  /** Cells beyond it are let go; their row is a bad row. */
  readonly maxCellBytes: number;
  readonly out: CopyBuffer;
  readonly onBadRow: OnBadRow;
  /** Undefined while more may be sent. */
  readonly sent: () => Promise<void> | undefined;
}

interface WaitingRow {
  readonly row: RawRow;
  readonly rowNumber: number;
  readonly spools: ReadonlyMap<number, CellSpool>;
}

/** Collects and writes the large rows of one load; whoever makes it closes it. */
export class LargeRows {
  readonly #options: LargeRowsOptions;
  /** Cells of the row that is coming. */
  #spools = new Map<number, CellSpool>();
  #waiting: WaitingRow[] = [];

  constructor(options: LargeRowsOptions) {
    this.#options = options;
  }

  /** Takes a piece of a cell; pieces of cells that can't be kept are let go. */
  take({ columnIndex, buffer, offset, length }: CellPiece): void {
    const limit = this.#limitOf(columnIndex);
    if (length === 0) return;
    const spool = this.#spools.get(columnIndex) ?? new CellSpool();
    this.#spools.set(columnIndex, spool);
    // One byte too many is enough to know.
    if (spool.size <= limit) spool.append(buffer, offset, Math.min(length, limit + 1 - spool.size));
  }

  #limitOf(columnIndex: number): number {
    const { columns, maxCellBytes } = this.#options;
    return columns[columnIndex]?.large ? maxCellBytes : Math.min(maxCellBytes, WHOLE_CELL_BYTES);
  }

  /** True when the row now complete has spooled cells: it is kept until `write`. `count` gives its number. */
  keep(row: RawRow, count: () => number): boolean {
    if (this.#spools.size === 0) return false;
    const spools = this.#spools;
    this.#spools = new Map();
    const isTooLarge = [...spools].some(([index, spool]) => spool.size > this.#limitOf(index));
    const isWhole = row.lengths.every((length, index) => length !== OMITTED_CELL || spools.has(index));
    if (isTooLarge || !isWhole) {
      closeAll(spools);
      // The encoder meets the omitted cell and refuses the row.
      return false;
    }
    const streamed = new Map([...spools].filter(([index]) => this.#options.columns[index]?.large));
    const whole = new Map([...spools].filter(([index]) => !streamed.has(index)));
    this.#waiting.push({ row: copyRow(row, whole), rowNumber: count(), spools: streamed });
    closeAll(whole);
    return true;
  }

  /** Writes what waits; undefined when nothing does. */
  write(): Promise<void> | undefined {
    return this.#waiting.length > 0 ? this.#writeWaiting() : undefined;
  }

  close(): void {
    closeAll(this.#spools);
    for (const { spools } of this.#waiting) closeAll(spools);
  }

  async #writeWaiting(): Promise<void> {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const lengths = this.#check(next);
      if (lengths) await this.#writeRow(next, lengths);
      this.#waiting.shift();
      closeAll(next.spools);
    }
  }

  /** The lengths of the spooled cells, undefined when the row is bad and has been handed over as such. */
  #check({ row, rowNumber, spools }: WaitingRow): ReadonlyMap<number, number> | undefined {
    const { columns, onBadRow } = this.#options;
    const lengths = new Map<number, number>();
    for (const [index, spool] of spools) {
      const column = columns[index];
      const form = column?.large;
      if (!column || !form) continue;
      try {
        lengths.set(index, measureSpooled(spool, form));
      } catch (error) {
        if (!(error instanceof RefusedValue)) throw error;
        onBadRow({ row, rowNumber, column, refused: error });
        return undefined;
      }
    }
    return this.#isSound(row, rowNumber) ? lengths : undefined;
  }

  /** Whether the cells in memory can be loaded too. */
  #isSound(row: RawRow, rowNumber: number): boolean {
    let isSound = true;
    const small = { ...row, lengths: row.lengths.map((length) => (length === OMITTED_CELL ? -1 : length)) };
    const trial = new RowEncoder(this.#options.columns, new CopyBuffer((full) => full), (bad) => {
      isSound = false;
      this.#options.onBadRow({ ...bad, row, rowNumber });
    });
    trial.write(small);
    return isSound;
  }

  async #writeRow(waiting: WaitingRow, lengths: ReadonlyMap<number, number>): Promise<void> {
    const { columns, out, sent } = this.#options;
    out.writeInt16(columns.reduce((sum, column) => sum + column.targets.length, 0));
    for (const [index, column] of columns.entries()) {
      const spool = waiting.spools.get(index);
      const form = column.large;
      if (!spool || !form) writeSmall(column, waiting.row, index, out);
      else await writeSpooled(spool, { form, length: lengths.get(index) ?? 0 }, out, sent);
    }
    out.endRow();
  }
}

function writeSmall(column: PlannedColumn, row: RawRow, index: number, out: CopyBuffer): void {
  const length = row.lengths[index] ?? -1;
  if (length >= 0) column.encode(row.buffer, row.offsets[index] ?? 0, length, out);
  else for (let field = column.targets.length; field > 0; field--) out.writeInt32(-1);
}

// A raw row is valid during its call only. The cells in `whole` come back into memory.
function copyRow({ buffer, offsets, lengths }: RawRow, whole: ReadonlyMap<number, CellSpool>): RawRow {
  const cells = Array.from(lengths, (length, index) => {
    const offset = offsets[index] ?? 0;
    return whole.get(index)?.readAll() ?? buffer.subarray(offset, offset + Math.max(0, length));
  });
  let at = 0;
  const places = Int32Array.from(cells, (cell) => {
    const place = at;
    at += cell.length;
    return place;
  });
  const found = lengths.map((length, index) => whole.get(index)?.size ?? length);
  return { buffer: Buffer.concat(cells), offsets: places, lengths: found };
}

function closeAll(spools: ReadonlyMap<number, CellSpool>): void {
  for (const spool of spools.values()) spool.close();
}
