// Rows as aligned text, the way psql and kubectl taught people to read them.
import { toPrintable } from '@towpath/core';

/** Formats rows under a header; numbers are right-aligned. A cell is one line, see toPrintable. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => toPrintable(String(cell))));
  const widths = header.map((title, i) => Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)));
  const isNumber = header.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const formatRow = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[header, ...cells].map(formatRow).join('\n')}\n`;
}
