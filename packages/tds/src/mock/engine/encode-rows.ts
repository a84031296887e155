// Rows of values to the bytes of ROW tokens, in blocks.
import { ByteWriter } from '../../codec/byte-writer.ts';
import { writeCell } from '../../codec/encode-cell.ts';
import { Token } from '../../codec/tokens.ts';
import { writeTypeInfo } from '../../codec/type-info.ts';
import type { CellValue, TdsColumn } from '../../tds-column.ts';
import type { RowBlock } from '../row-block.ts';

/** A block ends with the row that reaches this size. */
const BLOCK_BYTES = 128 * 1024;

/** All rows, encoded at once: a result is a consistent picture although other sessions write while it is sent. */
export function encodeRows(columns: readonly TdsColumn[], rows: Iterable<readonly CellValue[]>): RowBlock[] {
  const wires = columns.map((column) => writeTypeInfo(new ByteWriter(), column, column.nullable));
  const blocks: RowBlock[] = [];
  const writer = new ByteWriter();
  let rowEnds: number[] = [];
  const finish = (): void => {
    blocks.push({ bytes: writer.take(), rowCount: rowEnds.length, rowEnds });
    rowEnds = [];
  };
  for (const row of rows) {
    writer.u8(Token.row);
    for (let index = 0; index < wires.length; index += 1) {
      const wire = wires[index];
      if (wire) writeCell(writer, wire, row[index] ?? null);
    }
    rowEnds.push(writer.length);
    if (writer.length >= BLOCK_BYTES) finish();
  }
  if (rowEnds.length > 0) finish();
  return blocks;
}
