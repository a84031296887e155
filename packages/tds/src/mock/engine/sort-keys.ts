// Keys that order right, in place of the exact text SQLite keeps; `comparison-keys.ts` puts them into statements.
import type { DatabaseSync } from 'node:sqlite';
import { formatDate, formatTime, parseTemporal, shiftMinutes } from '../../codec/temporal.ts';
import { fromSqliteValue, toCanonical } from './canonical-value.ts';
import { parseSqlType } from './sql-type.ts';

/** Registers `tds_…_key`. */
export function registerSortKeys(db: DatabaseSync): void {
  db.function('tds_number_key', { deterministic: true }, (value) => (value === null ? null : Number(value)));
  for (const type of ['date', 'time', 'smalldatetime', 'datetime', 'datetime2']) {
    const declared = parseSqlType(type);
    db.function(`tds_${type}_key`, { deterministic: true }, (value) => {
      const canonical = toCanonical(declared, fromSqliteValue(value));
      return canonical === null ? null : toInstantKey(String(canonical));
    });
  }
  db.function('tds_datetimeoffset_key', { deterministic: true }, (value) =>
    value === null ? null : toInstantKey(String(value)),
  );
}

/** UTC text with seven digits: one form for all types, so that they compare with each other; sorts by instant whatever the offset. */
export function toInstantKey(text: string): string {
  const parts = parseTemporal(text);
  if (!parts) return text;
  const utc = shiftMinutes(parts, -parts.offsetMinutes);
  return `${formatDate(utc.days)} ${formatTime(utc.ticks, 7)}`;
}
