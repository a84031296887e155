// SUM, AVG, MIN and MAX, exact for decimals.
import type { AggregateOptions, DatabaseSync } from 'node:sqlite';
import { formatDecimal, parseDecimal } from '../../codec/decimal.ts';
import { fromSqliteValue, type SqliteValue, toSqliteValue } from './canonical-value.ts';
import { toInstantKey } from './sort-keys.ts';

/** Registers `tds_sum`, `tds_avg`, `tds_min` and `tds_max`. */
export function registerAggregates(db: DatabaseSync): void {
  db.aggregate('tds_sum', { start: null, useBigIntArguments: true, step: addExactly });
  db.aggregate('tds_avg', AVERAGE);
  db.aggregate('tds_max', {
    start: null,
    useBigIntArguments: true,
    step: (best: SqliteValue, value: unknown) => pick(best, fromSqlite(value), 1),
  });
  db.aggregate('tds_min', {
    start: null,
    useBigIntArguments: true,
    step: (best: SqliteValue, value: unknown) => pick(best, fromSqlite(value), -1),
  });
}

interface Average {
  readonly sum: SqliteValue;
  readonly count: number;
}

/** Least digits after the point of an average of decimals, as in SQL Server. */
const AVERAGE_SCALE = 6;

/** Integers and decimals are cut, not rounded. */
function finishAverage({ sum, count }: Average): SqliteValue {
  if (sum === null || count === 0) return null;
  if (typeof sum === 'number') return sum / count;
  if (typeof sum === 'bigint') return sum / BigInt(count);
  const scale = Math.max(AVERAGE_SCALE, scaleOf(String(sum)));
  const total = parseDecimal(String(sum), scale);
  return total === undefined ? null : formatDecimal(total / BigInt(count), scale);
}

function fromSqlite(value: unknown): SqliteValue {
  return toSqliteValue(fromSqliteValue(value));
}

/** SQLite's step functions may keep any value; their declared types know only SQL values, hence the cast. */
const AVERAGE = {
  start: (): Average => ({ sum: null, count: 0 }),
  useBigIntArguments: true,
  step: ({ sum, count }: Average, value: SqliteValue): Average => ({
    sum: addExactly(sum, value),
    count: count + Number(value !== null),
  }),
  result: finishAverage,
} as unknown as AggregateOptions;

/** Sums decimals (text) as integers of the larger scale; floats stay floats. */
function addExactly(sum: SqliteValue, value: SqliteValue): SqliteValue {
  if (value === null) return sum;
  if (sum === null) return value;
  if (typeof sum === 'number' || typeof value === 'number') return Number(sum) + Number(value);
  if (typeof sum === 'bigint' && typeof value === 'bigint') return sum + value;
  const scale = Math.max(scaleOf(String(sum)), scaleOf(String(value)));
  const [left, right] = [parseDecimal(String(sum), scale), parseDecimal(String(value), scale)];
  return left === undefined || right === undefined ? null : formatDecimal(left + right, scale);
}

function scaleOf(text: string): number {
  return text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
}

function pick(best: SqliteValue, value: SqliteValue, direction: 1 | -1): SqliteValue {
  if (value === null) return best;
  if (best === null) return value;
  return compare(value, best) * direction > 0 ? value : best;
}

const WITH_OFFSET = /^\d{4}-.* [+-]\d{2}:\d{2}$/;
const NUMERIC = /^-?\d+(\.\d+)?$/;

function compare(left: SqliteValue, right: SqliteValue): number {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  return Number(left) - Number(right);
}

/** Decimals by value, everything else by its characters; ISO dates sort right so. */
function compareTexts(left: string, right: string): number {
  if (WITH_OFFSET.test(left) && WITH_OFFSET.test(right)) return compareTexts(toInstantKey(left), toInstantKey(right));
  if (!NUMERIC.test(left) || !NUMERIC.test(right)) return left < right ? -1 : Number(left > right);
  const scale = Math.max(scaleOf(left), scaleOf(right));
  const difference = (parseDecimal(left, scale) ?? 0n) - (parseDecimal(right, scale) ?? 0n);
  return difference < 0n ? -1 : Number(difference > 0n);
}
