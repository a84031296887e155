// Parts of dates and times: YEAR, DATEPART, EOMONTH and their like, over exact text.
import { formatDate, formatOffset, parseTemporal, toDays } from '../../codec/temporal.ts';
import { valueError } from '../../tds-errors.ts';
import type { DefineFunction } from './define-function.ts';
import { notSupported } from './mock-sql-error.ts';

type Part = (parts: { readonly days: number; readonly ticks: number }) => number;

const TICKS_PER_SECOND = 10_000_000;
/** 0001-01-01 was a Monday; SQL Server counts from Sunday, which is 1. */
const weekday: Part = ({ days }) => ((days + 1) % 7) + 1;

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ...names(['year', 'yy', 'yyyy'], ({ days }) => Number(formatDate(days).slice(0, 4))),
  ...names(['quarter', 'qq', 'q'], ({ days }) => Math.ceil(Number(formatDate(days).slice(5, 7)) / 3)),
  ...names(['month', 'mm', 'm'], ({ days }) => Number(formatDate(days).slice(5, 7))),
  ...names(['day', 'dd', 'd'], ({ days }) => Number(formatDate(days).slice(8))),
  ...names(
    ['dayofyear', 'dy', 'y'],
    ({ days }) => days - (toDays(Number(formatDate(days).slice(0, 4)), 1, 1) ?? 0) + 1,
  ),
  ...names(['weekday', 'dw'], weekday),
  ...names(['hour', 'hh'], ({ ticks }) => Math.floor(ticks / (3_600 * TICKS_PER_SECOND))),
  ...names(['minute', 'mi', 'n'], ({ ticks }) => Math.floor(ticks / (60 * TICKS_PER_SECOND)) % 60),
  ...names(['second', 'ss', 's'], ({ ticks }) => Math.floor(ticks / TICKS_PER_SECOND) % 60),
  ...names(['millisecond', 'ms'], ({ ticks }) => Math.floor(ticks / 10_000) % 1_000),
  ...names(['microsecond', 'mcs'], ({ ticks }) => Math.floor(ticks / 10) % 1_000_000),
  ...names(['nanosecond', 'ns'], ({ ticks }) => (ticks % TICKS_PER_SECOND) * 100),
]);

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Registers them. NULL in is NULL out. */
export function registerDateFunctions(define: DefineFunction): void {
  for (const name of ['year', 'month', 'day']) {
    define(name, (value = null) => (value === null ? null : BigInt(partOf(name, String(value)))));
  }
  define('tds_datepart', (part, value = null) =>
    // As an integer of SQLite, which a number of JavaScript is not.
    value === null ? null : BigInt(partOf(String(part), String(value))),
  );
  define('tds_datename', (part, value = null) => (value === null ? null : nameOf(String(part), String(value))));
  define('eomonth', (value = null) => (value === null ? null : lastOfMonth(String(value))));
  define('datefromparts', (year, month, day) => {
    const days = toDays(Number(year), Number(month), Number(day));
    if (days === undefined)
      throw valueError('Cannot construct data type date, some of the arguments have values which are not valid.');
    return formatDate(days);
  });
  define(
    'sysdatetimeoffset',
    () => `${new Date().toISOString().replace('T', ' ').replace('Z', '0000')} ${formatOffset(0)}`,
  );
}

function names(all: readonly string[], part: Part): [string, Part][] {
  return all.map((name) => [name, part]);
}

function partOf(name: string, text: string): number {
  const part = PARTS.get(name.toLowerCase());
  if (!part) throw notSupported(`the date part ${name}`);
  return part(read(text));
}

function nameOf(name: string, text: string): string {
  const value = partOf(name, text);
  const part = PARTS.get(name.toLowerCase());
  if (part === PARTS.get('month')) return MONTHS[value - 1] ?? '';
  return part === weekday ? (WEEKDAYS[value - 1] ?? '') : String(value);
}

function lastOfMonth(text: string): string {
  const { days } = read(text);
  const [year = '', month = ''] = formatDate(days).split('-');
  const next = month === '12' ? toDays(Number(year) + 1, 1, 1) : toDays(Number(year), Number(month) + 1, 1);
  // After December 9999 there is no next month.
  return formatDate((next ?? (toDays(9999, 12, 31) ?? 0) + 1) - 1);
}

/** The instant as its own clock shows it, whatever its offset. */
function read(text: string): { days: number; ticks: number } {
  const parts = parseTemporal(text);
  if (!parts) throw valueError(`'${text}' is no date or time.`);
  return { days: parts.days, ticks: parts.ticks };
}
