// Rows of values to the bytes of ROW tokens, in blocks.
import { ByteWriter } from '../../codec/byte-writer.ts';
import { writeCell } from '../../codec/encode-cell.ts';
import { Token } from '../../codec/tokens.ts';
import { CellLayout, type WireType, writeTypeInfo } from '../../codec/type-info.ts';
import type { CellValue, TdsColumn } from '../../tds-column.ts';
import type { RowBlock } from '../row-block.ts';

/** A block ends with the row that reaches this size. */
const BLOCK_BYTES = 128 * 1024;

/** The rows in blocks, each encoded when it is asked for. */
export function* encodeRows(
  columns: readonly TdsColumn[],
  rows: Iterable<readonly CellValue[]>,
): Generator<RowBlock, undefined> {
  const wires = columns.map((column) => writeTypeInfo(new ByteWriter(), column, column.nullable));
  const writer = new ByteWriter();
  let rowEnds: number[] = [];
  for (const row of rows) {
    writeRow(writer, wires, row);
    rowEnds.push(writer.length);
    if (writer.length < BLOCK_BYTES) continue;
    yield { bytes: writer.take(), rowCount: rowEnds.length, rowEnds };
    rowEnds = [];
  }
  if (rowEnds.length > 0) yield { bytes: writer.take(), rowCount: rowEnds.length, rowEnds };
}

/** A row, with a bitmap of its NULLs where that is shorter (MS-TDS 2.2.7.13). */
function writeRow(writer: ByteWriter, wires: readonly WireType[], row: readonly CellValue[]): void {
  const hasBitmap = countNullBytes(wires, row) > (wires.length + 7) >> 3;
  writer.u8(hasBitmap ? Token.nbcRow : Token.row);
  if (hasBitmap) writer.bytes(toBitmap(wires.length, row));
  for (let index = 0; index < wires.length; index += 1) {
    const [wire, value] = [wires[index], row[index] ?? null];
    if (wire && !(hasBitmap && value === null)) writeCell(writer, wire, value);
  }
}

/** Bytes of a NULL in a row without a bitmap, by layout. */
const NULL_BYTES: ReadonlyMap<number, number> = new Map([
  [CellLayout.byteLength, 1],
  [CellLayout.shortLength, 2],
  [CellLayout.longLength, 4],
  [CellLayout.textPointer, 1],
  [CellLayout.plp, 8],
]);

function countNullBytes(wires: readonly WireType[], row: readonly CellValue[]): number {
  let bytes = 0;
  for (let index = 0; index < wires.length; index += 1) {
    if ((row[index] ?? null) === null) bytes += NULL_BYTES.get(wires[index]?.layout ?? -1) ?? 0;
  }
  return bytes;
}

function toBitmap(columns: number, row: readonly CellValue[]): Buffer {
  const bitmap = Buffer.alloc((columns + 7) >> 3);
  for (let index = 0; index < columns; index += 1) {
    if ((row[index] ?? null) === null) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bitmap;
}
