// Dates and times between their wire units and exact text (MS-TDS 2.2.5.5.1.7 and 2.2.5.5.1.8). No Date object: it has milliseconds only.

/** Days from 0001-01-01, the zero of `date`, to 1900-01-01, the zero of `datetime`. */
export const DAYS_TO_1900 = 693_595;
const DAYS_PER_400_YEARS = 146_097;

/** `YYYY-MM-DD` of days since 0001-01-01 (proleptic Gregorian; the method counts years from March, so leap days come last). */
export function formatDate(days: number): string {
  const shifted = days + 306;
  const era = Math.floor(shifted / DAYS_PER_400_YEARS);
  const dayOfEra = shifted - era * DAYS_PER_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

const DAYS_BY_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS_BY_MONTH[month - 1] ?? 0);
}

/** Days since 0001-01-01 of a calendar day, or undefined when there is no such day in the years 1 to 9999. */
export function toDays(year: number, month: number, day: number): number | undefined {
  if (year < 1 || year > 9999 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_400_YEARS + dayOfEra - 306;
}

/** `HH:MM:SS` with `scale` digits of a second, from units of 10^-scale seconds since midnight. */
export function formatTime(units: number, scale: number): string {
  const perSecond = 10 ** scale;
  const seconds = Math.floor(units / perSecond);
  const whole = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return scale === 0 ? whole : `${whole}.${pad(units % perSecond, scale)}`;
}

/** `±HH:MM`. */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
}

/** Parsed temporal text: days since 0001-01-01, time in 100 ns, offset in minutes; local time, as written. */
export interface TemporalParts {
  readonly days: number;
  readonly ticks: number;
  readonly offsetMinutes: number;
}

const TEMPORAL =
  /^(?:(\d{4})-?(\d{2})-?(\d{2}))?(?:[ T]?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(?:(Z)|([+-])(\d{2}):(\d{2}))?$/;

/** 100 ns ticks of a day. */
export const TICKS_PER_DAY = 864_000_000_000;

/** Reads `YYYY-MM-DD[ HH:MM[:SS[.fffffff]]][ ±HH:MM]`, `YYYYMMDD …` or a time alone (then the day is 1900-01-01); undefined when it is none. */
export function parseTemporal(text: string): TemporalParts | undefined {
  const match = text.trim() === '' ? null : TEMPORAL.exec(text.trim());
  if (!match) return undefined;
  const days = match[1] === undefined ? DAYS_TO_1900 : toDays(Number(match[1]), Number(match[2]), Number(match[3]));
  const [hours, minutes, seconds] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (days === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const fraction = Number((match[7] ?? '').padEnd(7, '0').slice(0, 7));
  const offset = match[9] === undefined ? 0 : Number(match[10]) * 60 + Number(match[11]);
  return {
    days,
    ticks: (hours * 3600 + minutes * 60 + seconds) * 10_000_000 + fraction,
    offsetMinutes: match[9] === '-' ? -offset : offset,
  };
}

/** Moves parts by minutes, carrying over midnight. */
export function shiftMinutes(parts: TemporalParts, minutes: number): { days: number; ticks: number } {
  const total = parts.ticks + minutes * 600_000_000;
  const carried = Math.floor(total / TICKS_PER_DAY);
  return { days: parts.days + carried, ticks: total - carried * TICKS_PER_DAY };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
