// T-SQL functions, as SQLite functions of the engine's connection.
import { randomUUID } from 'node:crypto';
import type { AggregateOptions, DatabaseSync } from 'node:sqlite';
import { formatDecimal, parseDecimal } from '../../codec/decimal.ts';
import { formatDate, formatTime, parseTemporal, shiftMinutes } from '../../codec/temporal.ts';
import type { CellValue } from '../../tds-column.ts';
import { fromSqliteValue, type SqliteValue, toCanonical, toSqliteValue } from './canonical-value.ts';
import { notSupported } from './mock-sql-error.ts';
import { parseSqlType } from './sql-type.ts';

/** What `@@VERSION` says; its first words are what clients look for. */
const SERVER_VERSION = 'Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) - Towpath mock';

/** Facts the functions need of the engine. */
export interface FunctionFacts {
  readonly database: string;
  /** The next rowversion, eight bytes. */
  nextRowversion(): Buffer;
  /** The rowversion that a transaction starting now would get. */
  peekRowversion(): Buffer;
  rowCount(): number;
}

/** Registers all functions on the connection. */
export function registerFunctions(db: DatabaseSync, facts: FunctionFacts): void {
  registerScalars(db, facts);
  registerKeys(db);
  registerAggregates(db);
}

const SERVER_PROPERTIES: ReadonlyMap<string, string | number> = new Map<string, string | number>([
  ['productversion', '16.0.1000.6'],
  ['productmajorversion', '16'],
  ['productlevel', 'RTM'],
  ['edition', 'Developer Edition (64-bit)'],
  ['engineedition', 3],
  ['servername', 'towpath-mock'],
  ['machinename', 'towpath-mock'],
  ['collation', 'SQL_Latin1_General_CP1_CI_AS'],
  ['isintegratedsecurityonly', 0],
]);

function registerScalars(db: DatabaseSync, facts: FunctionFacts): void {
  const define = (name: string, body: (...values: CellValue[]) => CellValue, options = {}) => {
    db.function(name, { varargs: true, useBigIntArguments: true, ...options }, (...values: unknown[]) =>
      toSqliteValue(body(...values.map(fromSqliteValue))),
    );
  };
  define('tds_cast', (type, value) => toCanonical(parseSqlType(String(type)), value ?? null));
  define('tds_try_cast', (type, value) => tryCast(String(type), value ?? null));
  define('tds_global', (name) => globalValue(String(name), facts));
  define('tds_rowversion', () => facts.nextRowversion());
  define('min_active_rowversion', () => facts.peekRowversion());
  define('tds_len', (value) => (value === null || value === undefined ? null : String(value).trimEnd().length));
  define('datalength', (value) => dataLength(value ?? null));
  define('db_name', () => facts.database);
  define('original_db_name', () => facts.database);
  define('schema_name', () => 'dbo');
  define('suser_sname', () => 'towpath');
  define('getdate', () => now().slice(0, 23));
  define('getutcdate', () => now().slice(0, 23));
  define('sysdatetime', now);
  define('sysutcdatetime', now);
  define('newid', () => randomUUID().toUpperCase());
  define('serverproperty', (name) => SERVER_PROPERTIES.get(String(name).toLowerCase()) ?? null);
}

function tryCast(type: string, value: CellValue): CellValue {
  try {
    return toCanonical(parseSqlType(type), value);
  } catch {
    return null;
  }
}

function dataLength(value: CellValue): number | null {
  if (value === null) return null;
  return Buffer.isBuffer(value) ? value.length : String(value).length * 2;
}

function globalValue(name: string, facts: FunctionFacts): CellValue {
  switch (name) {
    case 'version':
      return SERVER_VERSION;
    case 'servername':
      return 'towpath-mock';
    case 'language':
      return 'us_english';
    case 'rowcount':
      return facts.rowCount();
    case 'trancount':
    case 'error':
      return 0;
    case 'spid':
      return 51;
    case 'max_precision':
      return 38;
    case 'dbts':
      return facts.peekRowversion();
    default:
      throw notSupported(`@@${name.toUpperCase()}`);
  }
}

/** UTC with seven digits. */
function now(): string {
  return new Date().toISOString().replace('T', ' ').replace('Z', '0000');
}

function registerKeys(db: DatabaseSync): void {
  db.function('tds_number_key', { deterministic: true }, (value) => (value === null ? null : Number(value)));
  for (const type of ['date', 'time', 'smalldatetime', 'datetime', 'datetime2']) {
    const declared = parseSqlType(type);
    db.function(`tds_${type}_key`, { deterministic: true }, (value) =>
      toSqliteValue(toCanonical(declared, fromSqliteValue(value))),
    );
  }
  db.function('tds_datetimeoffset_key', { deterministic: true }, (value) =>
    value === null ? null : toInstantKey(String(value)),
  );
}

/** UTC text: sorts by instant whatever the offset. */
function toInstantKey(text: string): string {
  const parts = parseTemporal(text);
  if (!parts) return text;
  const utc = shiftMinutes(parts, -parts.offsetMinutes);
  return `${formatDate(utc.days)} ${formatTime(utc.ticks, 7)}`;
}

function registerAggregates(db: DatabaseSync): void {
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

const NUMERIC = /^-?\d+(\.\d+)?$/;

function compare(left: SqliteValue, right: SqliteValue): number {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  return Number(left) - Number(right);
}

/** Decimals by value, everything else by its characters; ISO dates sort right so. */
function compareTexts(left: string, right: string): number {
  if (!NUMERIC.test(left) || !NUMERIC.test(right)) return left < right ? -1 : Number(left > right);
  const scale = Math.max(scaleOf(left), scaleOf(right));
  const difference = (parseDecimal(left, scale) ?? 0n) - (parseDecimal(right, scale) ?? 0n);
  return difference < 0n ? -1 : Number(difference > 0n);
}
