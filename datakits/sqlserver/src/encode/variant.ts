// sql_variant → its value as text, and the base type in a second column, without which the text says too little.
import { readVariant } from '@towpath/tds';
import { type CellEncoder, refuseMalformed } from './cell-encoder.ts';
import { formatCell } from './decoded-text.ts';
import { encodeUtf16 } from './text.ts';

/** Value and base type, for example `1.50` and `decimal(9,2)`. */
export function formatVariant(cell: Buffer, offset: number, length: number): readonly [string, string] {
  const found = readVariant(cell, offset, length);
  const column = { ...found.type, name: '', nullable: true };
  const text = formatCell(column, cell, found.offset, found.length) ?? '';
  return [text, formatBaseType(column)];
}

function formatBaseType({ type, precision, scale }: { type: string; precision: number; scale: number }): string {
  if (type === 'decimal' || type === 'numeric') return `${type}(${precision},${scale})`;
  const hasScale = type === 'time' || type === 'datetime2' || type === 'datetimeoffset';
  return hasScale ? `${type}(${scale})` : type;
}

/** sql_variant → two fields of text. */
export const encodeVariantText: CellEncoder = (cell, offset, length, out) => {
  for (const text of readOrRefuse(cell, offset, length)) {
    const bytes = Buffer.from(text, 'utf16le');
    encodeUtf16(bytes, 0, bytes.length, out);
  }
};

function readOrRefuse(cell: Buffer, offset: number, length: number): readonly string[] {
  try {
    return formatVariant(cell, offset, length);
  } catch (error) {
    throw refuseMalformed(error instanceof Error ? error.message : String(error));
  }
}
