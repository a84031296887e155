// Cells that become text by way of a JavaScript string: columns that an option makes text, code pages without a path of
// their own, and text whose unfit characters an option takes out. Slower than the direct encoders, and just as exact.
import { decodeCell, type TdsColumn } from '@towpath/tds';
import type { CopyBuffer } from '../copy/copy-buffer.ts';
import type { ColumnOptions } from '../settings/column-options.ts';
import { type CellEncoder, refuseMalformed } from './cell-encoder.ts';
import { encodeUtf16 } from './text.ts';

/** Any column → text, as SQL Server shows the value: `0x…` for bytes, 1 and 0 for bit. */
export function encodeAsText(column: TdsColumn): CellEncoder {
  return (cell, offset, length, out) => writeText(formatCell(column, cell, offset, length) ?? '', out);
}

/** Text of a code page; bytes that it does not define are refused, never replaced. */
export function encodeCodePage(column: TdsColumn): CellEncoder {
  return (cell, offset, length, out) => {
    const text = String(decodeCell(column, cell, offset, length));
    if (text.includes('\uFFFD')) throw refuseMalformed(`bytes that ${column.encoding} does not define`);
    writeText(text, out);
  };
}

/** Text without NUL characters and halves of surrogate pairs. Sound text goes through `exact`. */
export function encodeCleaned(
  column: TdsColumn,
  exact: CellEncoder,
  fix: { readonly characters: 'strip' | 'replace'; onChanged(): void },
): CellEncoder {
  return (cell, offset, length, out) => {
    if (column.encoding === 'utf16le' && length % 2 !== 0) throw refuseMalformed(`${length} bytes of UTF-16`);
    const text = String(decodeCell(column, cell, offset, length));
    if (!text.includes('\0') && text.isWellFormed()) return exact(cell, offset, length, out);
    fix.onChanged();
    writeText(cleanText(text, fix.characters), out);
  };
}

// With the `u` flag a surrogate in the pattern matches only where it has no partner.
const UNFIT = /\0|[\uD800-\uDFFF]/gu;

/** Takes out (`strip`) or replaces by U+FFFD what PostgreSQL's text can't hold; else the text as it is. */
export function cleanText(text: string, characters: ColumnOptions['characters']): string {
  if (characters !== 'strip' && characters !== 'replace') return text;
  return text.replaceAll(UNFIT, characters === 'strip' ? '' : '\uFFFD');
}

/** The value as text, null for NULL: for people, and for columns that hold text instead of the value. */
export function formatCell(column: TdsColumn, cell: Buffer, offset: number, length: number): string | null {
  const value = decodeCell(column, cell, offset, length);
  if (value === null) return null;
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex').toUpperCase()}`;
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function writeText(text: string, out: CopyBuffer): void {
  const bytes = Buffer.from(text, 'utf16le');
  encodeUtf16(bytes, 0, bytes.length, out);
}
