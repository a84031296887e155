// Rows as aligned text, the way psql and kubectl taught people to read them.

/** Formats rows under a header; numbers are right-aligned. Control characters are shown as `\u001b`, never sent to a terminal. */
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

/** Replaces control characters by their escapes: names and values come from elsewhere and must not steer a terminal. */
export function toPrintable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
