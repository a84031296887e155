// Whether an edge is closed at an instant, why, and when it opens next. Exact to the instant: a day begins when the clock of
// the calendar's zone shows its midnight, however many hours the day before had.
import { toInstantMs, toLocalMs } from '../schedules/zone-time.ts';
import type { Closure, DeclaredFreeze, FreezeCalendar, NamedDay } from './freeze-calendar.ts';

/** What is closed: days of a calendar with the bank holidays that count in it, and declared freezes. */
export interface Closings {
  /** Null: no calendar. */
  readonly calendar: FreezeCalendar | null;
  readonly holidays: readonly NamedDay[];
  readonly declared: readonly DeclaredFreeze[];
}

const DAY_MS = 24 * 3600 * 1000;
/** A calendar that is closed for longer is a mistake, and not worth more of a look: 800 days take some milliseconds. */
export const MAX_DAYS_AHEAD = 800;

/** Everything that closes the edge at this instant; empty: it is open. */
export function findClosures(closings: Closings, nowMs: number): readonly Closure[] {
  const { calendar, declared } = closings;
  const ofDay = calendar ? listDayClosures(calendar, closings.holidays, toDay(nowMs, calendar.timeZone)) : [];
  const ofPeople = declared.filter((freeze) => covers(freeze, nowMs));
  return [...ofDay, ...ofPeople.map(({ reason }) => ({ kind: 'declared' as const, name: reason }))];
}

/** The first instant from this one on at which the edge is open; null: not while a freeze lasts, or within two years. */
export function findNextOpen(closings: Closings, fromMs: number): number | null {
  const { calendar, declared } = closings;
  const lastMs = fromMs + MAX_DAYS_AHEAD * DAY_MS;
  for (let atMs = fromMs; atMs <= lastMs; ) {
    if (findClosures({ ...closings, declared: [] }, atMs).length > 0 && calendar) {
      atMs = toInstantMs((toDay(atMs, calendar.timeZone) + 1) * DAY_MS, calendar.timeZone);
      continue;
    }
    const freeze = declared.find((one) => covers(one, atMs));
    if (!freeze) return atMs;
    if (freeze.endsAtMs === null) return null;
    atMs = freeze.endsAtMs;
  }
  return null;
}

function covers({ startsAtMs, endsAtMs }: DeclaredFreeze, atMs: number): boolean {
  return startsAtMs <= atMs && (endsAtMs === null || atMs < endsAtMs);
}

/** The local day as the number of days since 1970. */
function toDay(instantMs: number, timeZone: string): number {
  return Math.floor(toLocalMs(instantMs, timeZone) / DAY_MS);
}

/** Why a local day is closed. */
function listDayClosures(calendar: FreezeCalendar, holidays: readonly NamedDay[], day: number): readonly Closure[] {
  const text = formatDay(day);
  const named = (kind: Closure['kind'], days: readonly NamedDay[]) =>
    days.filter(({ on }) => on === text).map(({ name }) => ({ kind, name }));
  return [
    ...(isMonthEnd(calendar.monthEndBusinessDays, holidays, day)
      ? [{ kind: 'month-end' as const, name: `last ${calendar.monthEndBusinessDays} business days of the month` }]
      : []),
    ...calendar.yearly
      .filter(({ from, until }) => isWithin(text.slice(5), from, until))
      .map(({ name }) => ({ kind: 'yearly' as const, name })),
    ...named('filing-date', calendar.filingDates),
    ...named('holiday', holidays),
  ];
}

function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

// A range whose end comes before its start in the year runs across the year end.
function isWithin(monthDay: string, from: string, until: string): boolean {
  return from <= until ? from <= monthDay && monthDay <= until : from <= monthDay || monthDay <= until;
}

// From the first of those days on, weekends between and after them included, since the close of the month goes on.
function isMonthEnd(businessDays: number, holidays: readonly NamedDay[], day: number): boolean {
  if (businessDays <= 0) return false;
  const date = new Date(day * DAY_MS);
  const lastDay = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0) / DAY_MS;
  const closed = new Set(holidays.map(({ on }) => on));
  let left = businessDays;
  for (let at = lastDay; left > 0 && at >= day; at -= 1) {
    if (at === day) return true;
    if (isBusinessDay(at, closed)) left -= 1;
  }
  return false;
}

function isBusinessDay(day: number, holidays: ReadonlySet<string>): boolean {
  const weekDay = new Date(day * DAY_MS).getUTCDay();
  return weekDay !== 0 && weekDay !== 6 && !holidays.has(formatDay(day));
}
