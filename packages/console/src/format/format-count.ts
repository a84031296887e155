const NUMBER = new Intl.NumberFormat('en-US');

/** A whole number with separators: `12,345`. */
export function formatNumber(value: number): string {
  return NUMBER.format(value);
}

/** A number with its noun: `1 row`, `12,345 rows`. The plural is the noun with an s. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${count === 1 ? noun : `${noun}s`}`;
}

/** A size in bytes, in binary units: `812 B`, `4.0 KiB`, `1.2 MiB`. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(sizeBytes) / 10), units.length);
  return `${(sizeBytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
