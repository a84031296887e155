// Rows of a generated table, encoded once for a whole period; afterwards only what differs from period to period is
// written into the bytes. That makes the mock faster than any reader: 1,000 rows cost about 3,000 writes of four bytes.
import { ByteWriter } from '../../codec/byte-writer.ts';
import { writeCell } from '../../codec/encode-cell.ts';
import { Token } from '../../codec/tokens.ts';
import { type WireType, writeTypeInfo } from '../../codec/type-info.ts';
import { toCatalogueColumn } from '../engine/catalogue.ts';
import type { RowBlock } from '../row-block.ts';
import { bigNumberOf, GENERATED_PERIOD, type GeneratedTable, generatedRow } from './generated-table.ts';

/** Which rows, from and to inclusive, and which columns in which order. */
export interface GeneratedRange {
  readonly columns: readonly number[];
  readonly firstId: number;
  readonly lastId: number;
}

const ID = 0;
const BIG_NUMBER = 1;
const ROW_GUID = 6;
const ROW_VERSION = 12;
/** The four bytes of a uuid that hold the id are its last, those of a rowversion too. */
const GUID_TAIL = 12;
const VERSION_TAIL = 4;
const TWO_32 = 4_294_967_296;

/** Blocks of at most `GENERATED_PERIOD` rows; each is overwritten by the next. */
export function* generateBlocks(table: GeneratedTable, range: GeneratedRange): Generator<RowBlock> {
  const period = copyPeriod(table, range);
  const { rowStarts, bytes } = period;
  for (let id = range.firstId; id <= range.lastId; ) {
    const phase = (id - 1) % GENERATED_PERIOD;
    const count = Math.min(GENERATED_PERIOD - phase, range.lastId - id + 1);
    for (let index = 0; index < count; index += 1) patchRow(period, phase + index, id + index);
    const start = rowStarts[phase] ?? 0;
    const ends = rowStarts.subarray(phase + 1, phase + count + 1);
    const rowEnds = start === 0 ? ends : ends.map((end) => end - start);
    yield { bytes: bytes.subarray(start, rowStarts[phase + count]), rowCount: count, rowEnds };
    id += count;
  }
}

/** An encoded period: where rows begin (one more than there are), and where the bytes that change lie in each row. */
interface Period {
  readonly bytes: Buffer;
  readonly rowStarts: Int32Array;
  readonly patches: readonly { readonly column: number; readonly at: Int32Array }[];
}

/** The columns asked for last and their period: encoding one takes 15 ms, and whoever reads a table reads it again. */
let kept: { readonly columns: string; readonly period: Period } | undefined;

/** A period with bytes of its own, for two statements may run at once. */
function copyPeriod(table: GeneratedTable, range: GeneratedRange): Period {
  const columns = range.columns.join();
  if (kept?.columns !== columns) kept = { columns, period: encodePeriod(table, range) };
  return { ...kept.period, bytes: Buffer.from(kept.period.bytes) };
}

function encodePeriod(table: GeneratedTable, { columns }: GeneratedRange): Period {
  const wires = columns.map((column) => wireOf(table, column));
  const rowStarts = new Int32Array(GENERATED_PERIOD + 1);
  const patches = columns.map((column) => ({ column, at: new Int32Array(GENERATED_PERIOD) }));
  const writer = new ByteWriter();
  for (let phase = 0; phase < GENERATED_PERIOD; phase += 1) {
    const values = generatedRow(phase + 1);
    writer.u8(Token.row);
    wires.forEach((wire, index) => {
      const patch = patches[index];
      writeCell(writer, wire, values[columns[index] ?? 0] ?? null);
      if (patch) patch.at[phase] = writer.length - patchBytes(patch.column);
    });
    rowStarts[phase + 1] = writer.length;
  }
  return { bytes: writer.take(), rowStarts, patches: patches.filter(({ column }) => patchBytes(column) > 0) };
}

function wireOf(table: GeneratedTable, index: number): WireType {
  const column = table.columns[index];
  if (!column) throw new RangeError(`${table.name} has no column ${index}.`);
  const { type, nullable } = toCatalogueColumn(column);
  return writeTypeInfo(new ByteWriter(), type, nullable);
}

/** How many bytes at the end of the cell change from row to row. */
function patchBytes(column: number): number {
  if (column === BIG_NUMBER) return 8;
  if (column === ID) return 4;
  if (column === ROW_GUID) return 16 - GUID_TAIL;
  return column === ROW_VERSION ? 8 - VERSION_TAIL : 0;
}

function patchRow({ bytes, patches }: Period, phase: number, id: number): void {
  for (const { column, at } of patches) {
    const position = at[phase] ?? 0;
    if (column === ID) bytes.writeInt32LE(id, position);
    else if (column === BIG_NUMBER) patchBigNumber(bytes, position, bigNumberOf(id));
    else bytes.writeUInt32BE(id, position);
  }
}

function patchBigNumber(bytes: Buffer, position: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  bytes.writeUInt32LE(value - high * TWO_32, position);
  bytes.writeUInt32LE(high, position + 4);
}
