// One row of raw TDS cells → one COPY BINARY tuple. What a value's refusal means is said here, where the column and the
// number of the row are known.
import { TowpathError } from '@towpath/core';
import { OMITTED_CELL, type RawRow } from '@towpath/tds';
import type { CopyBuffer } from '../copy/copy-buffer.ts';
import { type CellEncoder, RefusedValue } from './cell-encoder.ts';
import type { PlannedColumn } from './plan-columns.ts';

// PostgreSQL "COPY", binary format: signature, flags, length of the header extension.
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** A row that bronze can't hold. `row` is valid only during the call. */
export interface BadRow {
  readonly row: RawRow;
  /** In reading order, from 1. */
  readonly rowNumber: number;
  readonly column: PlannedColumn;
  readonly refused: RefusedValue;
}

/** Takes a bad row, or throws to end the load. */
export type OnBadRow = (bad: BadRow) => void;

/** Writes COPY BINARY tuples for one planned table. */
export class RowEncoder {
  /** Rows seen so far, bad ones included. */
  rowCount = 0;
  readonly #columns: readonly PlannedColumn[];
  readonly #encoders: readonly CellEncoder[];
  readonly #fields: readonly number[];
  readonly #fieldCount: number;
  readonly #out: CopyBuffer;
  readonly #onBadRow: OnBadRow;

  constructor(columns: readonly PlannedColumn[], out: CopyBuffer, onBadRow: OnBadRow) {
    this.#columns = columns;
    this.#encoders = columns.map((column) => column.encode);
    this.#fields = columns.map((column) => column.targets.length);
    this.#fieldCount = this.#fields.reduce((sum, count) => sum + count, 0);
    this.#out = out;
    this.#onBadRow = onBadRow;
  }

  /** The header; before the first row. */
  begin(): void {
    this.#out.writeBytes(HEADER, 0, HEADER.length);
    this.#out.endRow();
  }

  /** One row, or a call of `onBadRow`. */
  write(row: RawRow): void {
    const { buffer, offsets, lengths } = row;
    const encoders = this.#encoders;
    const out = this.#out;
    this.rowCount++;
    out.writeInt16(this.#fieldCount);
    let index = 0;
    try {
      for (; index < encoders.length; index++) {
        const length = lengths[index] ?? -1;
        if (length >= 0) encoders[index]?.(buffer, offsets[index] ?? 0, length, out);
        else if (length === OMITTED_CELL) throw refuseSize();
        else this.#writeNull(index);
      }
    } catch (error) {
      this.#dropRow(row, index, error);
      return;
    }
    out.endRow();
  }

  /** Counts a row that is written by other means; gives its number. */
  countRow(): number {
    this.rowCount++;
    return this.rowCount;
  }

  /** The trailer; after the last row. */
  end(): void {
    this.#out.writeInt16(-1);
    this.#out.endRow();
    this.#out.flush();
  }

  #writeNull(index: number): void {
    for (let field = this.#fields[index] ?? 1; field > 0; field--) this.#out.writeInt32(-1);
  }

  #dropRow(row: RawRow, index: number, error: unknown): void {
    const column = this.#columns[index];
    if (!(error instanceof RefusedValue) || !column) throw error;
    this.#out.dropRow();
    this.#onBadRow({ row, rowNumber: this.rowCount, column, refused: error });
  }
}

function refuseSize(): RefusedValue {
  return new RefusedValue(
    'VALUE_TOO_LARGE',
    'there are more bytes than --max-cell-bytes allows (of text in a code page, or with an option: than 16 MiB)',
    'Raise --max-cell-bytes, leave the column out with `load: skip`, or put such rows aside with --bad-rows quarantine.',
  );
}

/** The error that a bad row ends the load with. Codes: `VALUE_…`. */
export function refuseRow(table: string, { column, refused, rowNumber }: BadRow): TowpathError {
  return new TowpathError(
    {
      code: refused.code,
      message: `Row ${rowNumber} of ${table} can't be loaded exactly: column ${column.source.name} (${column.source.type}).`,
      cause: `In this value ${refused.message}. Nothing was published; rows are counted in reading order.`,
      fix: refused.fix,
      docs: 'reference/datakit-sqlserver.md',
    },
    { cause: refused },
  );
}
