// When an environment takes promotions in a week: windows by the clock of a time zone. A window begins when that clock first shows
// its beginning, and ends when it first shows its end, also when the clock is put forward or back.
import { toInstantMs, toLocalMs } from '../schedules/zone-time.ts';
import type { Closure } from './freeze-calendar.ts';

/** In the order of `Date.getUTCDay`. */
export const WEEK_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export type WeekDay = (typeof WEEK_DAYS)[number];

/** Open on each of these days from one time to another, which itself is closed; one that is not later is on the day after. */
export interface WeeklyWindow {
  readonly days: readonly WeekDay[];
  /** `HH:MM`, 00:00 to 23:59. */
  readonly from: string;
  /** `HH:MM`, 00:01 to 24:00. */
  readonly until: string;
  readonly timeZone: string;
}

/** A window that is open at an instant. */
export interface OpenWindow {
  readonly window: WeeklyWindow;
  readonly endsAtMs: number;
}

const DAY_MS = 24 * 3600 * 1000;
/** Each day of a week comes within eight; one whose window a clock change swallows comes a week later. */
const DAYS_AHEAD = 15;

/** The window that is open, of several the one that ends last; undefined: none is. */
export function findOpenWindow(windows: readonly WeeklyWindow[], nowMs: number): OpenWindow | undefined {
  const open = windows.flatMap((window) =>
    [...listOccurrences(window, nowMs, 0)]
      .filter(({ startsAtMs, endsAtMs }) => startsAtMs <= nowMs && nowMs < endsAtMs)
      .map(({ endsAtMs }) => ({ window, endsAtMs })),
  );
  return open.sort((a, b) => b.endsAtMs - a.endsAtMs)[0];
}

/** The first instant from this one on at which a window is open; no windows at all are always open. Null: none ever is. */
export function findNextWindow(windows: readonly WeeklyWindow[], fromMs: number): number | null {
  if (windows.length === 0 || findOpenWindow(windows, fromMs)) return fromMs;
  const starts = windows.flatMap((window) => findNextStart(window, fromMs) ?? []);
  return starts.length > 0 ? Math.min(...starts) : null;
}

/** From one instant to another, which itself is outside. */
export interface TimeRange {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** When windows are open between two instants, those that touch as one, by their beginning. The first and the last may reach beyond. */
export function listWindowRanges(
  windows: readonly WeeklyWindow[],
  fromMs: number,
  untilMs: number,
): readonly TimeRange[] {
  const daysAhead = Math.ceil((untilMs - fromMs) / DAY_MS) + 1;
  const all = windows.flatMap((window) => [...listOccurrences(window, fromMs, daysAhead)]);
  const sorted = all
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < untilMs && endsAtMs > fromMs)
    .sort((a, b) => a.startsAtMs - b.startsAtMs);
  const merged: TimeRange[] = [];
  for (const { startsAtMs, endsAtMs } of sorted) {
    const last = merged.at(-1);
    if (last && startsAtMs <= last.endsAtMs)
      merged.splice(-1, 1, { startsAtMs: last.startsAtMs, endsAtMs: Math.max(last.endsAtMs, endsAtMs) });
    else merged.push({ startsAtMs, endsAtMs });
  }
  return merged;
}

/** Why it is closed outside of windows. */
export function toWindowClosure(windows: readonly WeeklyWindow[]): Closure {
  return { kind: 'window', name: `outside of ${windows.map(formatWindow).join('; ')}` };
}

/** `mon, tue 09:00-16:00 Europe/London`. */
export function formatWindow({ days, from, until, timeZone }: WeeklyWindow): string {
  return `${days.join(', ')} ${from}-${until} ${timeZone}`;
}

function findNextStart(window: WeeklyWindow, fromMs: number): number | undefined {
  for (const { startsAtMs } of listOccurrences(window, fromMs, DAYS_AHEAD)) if (startsAtMs > fromMs) return startsAtMs;
  return undefined;
}

// From the day before, whose window may go on over midnight. One by one: each costs some microseconds of looking at clocks.
function* listOccurrences(window: WeeklyWindow, aroundMs: number, daysAhead: number): Generator<TimeRange> {
  const { days, timeZone } = window;
  const today = Math.floor(toLocalMs(aroundMs, timeZone) / DAY_MS);
  const from = parseTime(window.from);
  const until = parseTime(window.until);
  for (let day = today - 1; day <= today + daysAhead; day += 1) {
    if (!days.some((name) => WEEK_DAYS.indexOf(name) === new Date(day * DAY_MS).getUTCDay())) continue;
    const startsAtMs = toInstantMs(day * DAY_MS + from, timeZone);
    const endsAtMs = toInstantMs(day * DAY_MS + until + (until <= from ? DAY_MS : 0), timeZone);
    if (startsAtMs < endsAtMs) yield { startsAtMs, endsAtMs };
  }
}

function parseTime(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
