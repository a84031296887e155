const NUMBER = new Intl.NumberFormat('en-US');

/** A number with separators: `12,345`. */
export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** A number with its noun: `1 row`, `12,345 rows`. The plural is the noun with an s. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${count === 1 ? noun : `${noun}s`}`;
}
