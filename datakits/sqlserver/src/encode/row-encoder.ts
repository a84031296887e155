// One row of raw TDS cells → one COPY BINARY tuple. What a value's refusal means is said here, where the column and the
// number of the row are known.
import { TowpathError } from '@towpath/core';
import type { RawRow } from '@towpath/tds';
import type { CopyBuffer } from '../copy/copy-buffer.ts';
import { type CellEncoder, RefusedValue } from './cell-encoder.ts';
import type { PlannedColumn } from './plan-columns.ts';

// PostgreSQL "COPY", binary format: signature, flags, length of the header extension.
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);

/** Writes COPY BINARY tuples for one planned table. */
export class RowEncoder {
  /** Rows written so far. */
  rowCount = 0;
  readonly #table: string;
  readonly #columns: readonly PlannedColumn[];
  readonly #encoders: readonly CellEncoder[];
  readonly #fields: readonly number[];
  readonly #fieldCount: number;
  readonly #out: CopyBuffer;

  constructor(table: string, columns: readonly PlannedColumn[], out: CopyBuffer) {
    this.#table = table;
    this.#columns = columns;
    this.#encoders = columns.map((column) => column.encode);
    this.#fields = columns.map((column) => column.targets.length);
    this.#fieldCount = this.#fields.reduce((sum, count) => sum + count, 0);
    this.#out = out;
  }

  /** The header; before the first row. */
  begin(): void {
    this.#out.writeBytes(HEADER, 0, HEADER.length);
  }

  /** One row. Errors: `VALUE_PRECISION_LOST`, `VALUE_NUL_CHARACTER`, `VALUE_LONE_SURROGATE`, `VALUE_MALFORMED`. */
  write(row: RawRow): void {
    const { buffer, offsets, lengths } = row;
    const encoders = this.#encoders;
    const out = this.#out;
    out.writeInt16(this.#fieldCount);
    let index = 0;
    try {
      for (; index < encoders.length; index++) {
        const length = lengths[index] ?? -1;
        if (length < 0) this.#writeNull(index);
        else encoders[index]?.(buffer, offsets[index] ?? 0, length, out);
      }
    } catch (error) {
      throw error instanceof RefusedValue ? this.#refuse(error, index) : error;
    }
    this.rowCount++;
  }

  /** The trailer; after the last row. */
  end(): void {
    this.#out.writeInt16(-1);
    this.#out.flush();
  }

  #writeNull(index: number): void {
    for (let field = this.#fields[index] ?? 1; field > 0; field--) this.#out.writeInt32(-1);
  }

  #refuse(refused: RefusedValue, index: number): TowpathError {
    const column = this.#columns[index]?.source;
    return new TowpathError(
      {
        code: refused.code,
        message: `Row ${this.rowCount + 1} of ${this.#table} can't be loaded exactly: column ${column?.name} (${column?.type}).`,
        cause: `In this value ${refused.message}. Nothing was published; rows are counted in reading order.`,
        fix: refused.fix,
        docs: 'reference/datakit-sqlserver.md',
      },
      { cause: refused },
    );
  }
}
