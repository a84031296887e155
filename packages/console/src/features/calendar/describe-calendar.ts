// A calendar in words.
import { formatClock, formatNext } from '../../format/format-instant.ts';
import type { Calendar } from './calendar-queries.ts';

/** A day, as the server tells it. */
export type Day = Calendar['days'][number];
type Closure = Calendar['closures'][number];

type Told = Pick<Calendar, 'closures' | 'nextOpen' | 'openUntil'>;

/** The page's answer: whether a release may come in now and until when, or when next. */
export function describeCalendar(
  environment: string,
  { closures, nextOpen, openUntil }: Told,
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): string {
  const format = (at: string) => formatNext(at, nowMs, timeZone);
  if (closures.length === 0)
    return `${environment} is open to promotions${openUntil === null ? '' : ` until ${format(openUntil)}`}`;
  const why = closures.map(({ name }) => name).join(', ');
  return `${environment} is closed: ${why}; ${nextOpen === null ? describeNever(closures) : `opens ${format(nextOpen)}`}`;
}

function describeNever(closures: readonly Closure[]): string {
  return closures.some(({ kind }) => kind === 'declared')
    ? 'opens when the freeze is lifted'
    : 'does not open within two years';
}

/** How much of a day is open. */
export function judgeDay({ closures, open }: Day): 'open' | 'some' | 'closed' {
  if (open.length === 0) return 'closed';
  return closures.length === 0 ? 'open' : 'some';
}

/** When a day is open, by the clock of its zone: `09:00–16:00`, `00:00–10:00, 11:30–24:00`. */
export function formatHours({ open }: Pick<Day, 'open'>, timeZone: string): string {
  const clock = (at: string) => formatClock(at, timeZone).slice(0, 5);
  return open.map(({ startsAt, endsAt }) => `${clock(startsAt)}–${clock(endsAt).replace('00:00', '24:00')}`).join(', ');
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
