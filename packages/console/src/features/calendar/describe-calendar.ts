// A calendar in words.
import { formatNext } from '../../format/format-instant.ts';
import type { Calendar } from './calendar-queries.ts';

type Closure = Calendar['closures'][number];

/** What a kind of closure is called. */
export const CLOSURE_WORDS: Readonly<Record<Closure['kind'], string>> = {
  'month-end': 'Month end',
  yearly: 'Every year',
  'filing-date': 'Filing date',
  holiday: 'Bank holiday',
  declared: 'Freeze',
  window: 'No window',
};

/** The page's answer: whether a release may come in now, and when next. */
export function describeCalendar(
  environment: string,
  { closures, nextOpen }: Pick<Calendar, 'closures' | 'nextOpen'>,
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): string {
  if (closures.length === 0) return `${environment} is open to promotions`;
  const why = closures.map(({ name }) => name).join(', ');
  const next = nextOpen === null ? ' until it is lifted' : `; opens ${formatNext(nextOpen, nowMs, timeZone)}`;
  return `${environment} is closed by ${why}${next}`;
}

/** How many empty places stand before a day in a week that begins on Monday. */
export function countBefore(on: string): number {
  return (new Date(`${on}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** `Tue 22 December 2026`. */
export function formatDay(on: string): string {
  const day = new Date(`${on}T00:00:00Z`);
  const options = { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(day).replaceAll(',', '');
}
