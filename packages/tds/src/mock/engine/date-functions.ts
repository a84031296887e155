// DATEADD and DATEDIFF over the exact text of dates and times.
import { formatDate, formatOffset, formatTime, parseTemporal, TICKS_PER_DAY, toDays } from '../../codec/temporal.ts';
import { valueError } from '../../tds-errors.ts';
import { notSupported } from './mock-sql-error.ts';

/** 100 ns ticks of the parts that have a fixed length. */
const PART_TICKS: ReadonlyMap<string, number> = new Map([
  ...['week', 'wk', 'ww'].map((name): [string, number] => [name, 7 * TICKS_PER_DAY]),
  ...['day', 'dd', 'd'].map((name): [string, number] => [name, TICKS_PER_DAY]),
  ...['hour', 'hh'].map((name): [string, number] => [name, 36_000_000_000]),
  ...['minute', 'mi', 'n'].map((name): [string, number] => [name, 600_000_000]),
  ...['second', 'ss', 's'].map((name): [string, number] => [name, 10_000_000]),
  ...['millisecond', 'ms'].map((name): [string, number] => [name, 10_000]),
  ...['microsecond', 'mcs'].map((name): [string, number] => [name, 10]),
]);

/** Months of the parts that have none. */
const PART_MONTHS: ReadonlyMap<string, number> = new Map([
  ...['year', 'yy', 'yyyy'].map((name): [string, number] => [name, 12]),
  ...['quarter', 'qq', 'q'].map((name): [string, number] => [name, 3]),
  ...['month', 'mm', 'm'].map((name): [string, number] => [name, 1]),
]);

/** DATEADD: the text moved by `count` parts, with as many digits as it had; error 8114 when it leaves the years 1 to 9999. */
export function addToDate(part: string, count: number, text: string): string {
  const parts = parseTemporal(text);
  if (!parts) throw valueError(`'${text}' is no date or time.`);
  const months = PART_MONTHS.get(part.toLowerCase());
  const days = months === undefined ? parts.days : moveMonths(parts.days, count * months);
  const moved = parts.ticks + (months === undefined ? count * ticksOf(part) : 0);
  const carried = Math.floor(moved / TICKS_PER_DAY);
  const time = formatTicks(moved - carried * TICKS_PER_DAY, text);
  const date = /^\d{4}-?\d{2}/.test(text) ? formatDate(days + carried) : '';
  if (date.length > 10) throw valueError('Adding a value to a date column caused an overflow.');
  const offset = /[+-]\d{2}:\d{2}$/.test(text) ? ` ${formatOffset(parts.offsetMinutes)}` : '';
  return `${date}${date !== '' && time !== '' ? ' ' : ''}${time}${offset}`;
}

/** DATEDIFF: boundaries of the part crossed between two texts. */
export function countBetween(part: string, from: string, to: string): number {
  const [left, right] = [parseTemporal(from), parseTemporal(to)];
  if (!left || !right) throw valueError(`'${from}' or '${to}' is no date or time.`);
  const months = PART_MONTHS.get(part.toLowerCase());
  if (months !== undefined) {
    return Math.floor(monthsOf(right.days) / months) - Math.floor(monthsOf(left.days) / months);
  }
  const ticks = ticksOf(part);
  const perDay = TICKS_PER_DAY / ticks;
  return (right.days - left.days) * perDay + Math.floor(right.ticks / ticks) - Math.floor(left.ticks / ticks);
}

function ticksOf(part: string): number {
  const ticks = PART_TICKS.get(part.toLowerCase());
  if (ticks === undefined) throw notSupported(`the date part ${part}`);
  return ticks;
}

function formatTicks(ticks: number, text: string): string {
  const match = /\d{1,2}:\d{2}(?::\d{2})?(?:\.(\d+))?/.exec(text.replace(/[+-]\d{2}:\d{2}$/, ''));
  if (!match) return '';
  const scale = Math.min(7, match[1]?.length ?? 0);
  return formatTime(Math.floor(ticks / 10 ** (7 - scale)), scale);
}

function monthsOf(days: number): number {
  const [year = '', month = ''] = formatDate(days).split('-');
  return Number(year) * 12 + Number(month) - 1;
}

/** The same day of another month, or that month's last. */
function moveMonths(days: number, months: number): number {
  const total = monthsOf(days) + months;
  const [year, month] = [Math.floor(total / 12), (total % 12) + 1];
  for (let day = Number(formatDate(days).slice(8)); day > 0; day -= 1) {
    const moved = toDays(year, month, day);
    if (moved !== undefined) return moved;
  }
  throw valueError('Adding a value to a date column caused an overflow.');
}
