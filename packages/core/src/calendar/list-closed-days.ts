// A calendar as people read it: day by day, in its own time zone, and exact: what closes some of a day, and when it is open.
import { toInstantMs, toLocalMs } from '../schedules/zone-time.ts';
import type { Opening } from './find-next-opening.ts';
import { type ClosedRange, listClosedRanges } from './list-closed-ranges.ts';
import type { TimeRange } from './weekly-windows.ts';

/** A day, with all that closes it or some of it. */
export interface CalendarDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  /** Each as long as it lasts, also beyond the day; by their beginning. */
  readonly closures: readonly ClosedRange[];
  /** When it is open, within the day; none: it is closed all day. */
  readonly open: readonly TimeRange[];
}

const DAY_MS = 24 * 3600 * 1000;

/** The zone by which its days begin: that of its freezes, or of its windows when it has no freezes. */
export function findCalendarZone({ closings, windows }: Opening): string {
  return closings.calendar?.timeZone ?? windows[0]?.timeZone ?? 'UTC';
}

/** So many days from that of an instant on. */
export function listClosedDays(opening: Opening, fromMs: number, count: number): readonly CalendarDay[] {
  const timeZone = findCalendarZone(opening);
  const first = Math.floor(toLocalMs(fromMs, timeZone) / DAY_MS);
  const beginOf = (day: number) => toInstantMs(day * DAY_MS, timeZone);
  const ranges = listClosedRanges(opening, beginOf(first), beginOf(first + count));
  return Array.from({ length: count }, (_, index) => {
    const day = first + index;
    const whole = { startsAtMs: beginOf(day), endsAtMs: beginOf(day + 1) };
    const closures = ranges.filter(
      ({ startsAtMs, endsAtMs }) => startsAtMs < whole.endsAtMs && (endsAtMs === null || whole.startsAtMs < endsAtMs),
    );
    return { on: new Date(day * DAY_MS).toISOString().slice(0, 10), closures, open: subtract(whole, closures) };
  });
}

/** What of a range is left. Closures are in the order of their beginning. */
function subtract(whole: TimeRange, closures: readonly ClosedRange[]): readonly TimeRange[] {
  const left: TimeRange[] = [];
  let atMs = whole.startsAtMs;
  for (const { startsAtMs, endsAtMs } of closures) {
    if (startsAtMs > atMs) left.push({ startsAtMs: atMs, endsAtMs: Math.min(startsAtMs, whole.endsAtMs) });
    atMs = Math.max(atMs, endsAtMs ?? whole.endsAtMs);
  }
  return atMs < whole.endsAtMs ? [...left, { startsAtMs: atMs, endsAtMs: whole.endsAtMs }] : left;
}
