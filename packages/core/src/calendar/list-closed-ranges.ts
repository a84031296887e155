// The calendar as a list: what closes an environment from when until when, by its freezes and its weekly windows.
import { toInstantMs, toLocalMs } from '../schedules/zone-time.ts';
import { type Closings, findClosures } from './find-closures.ts';
import type { Opening } from './find-next-opening.ts';
import type { Closure } from './freeze-calendar.ts';
import { listWindowRanges, toWindowClosure } from './weekly-windows.ts';

/** One closure, as long as it lasts. */
export interface ClosedRange extends Closure {
  readonly startsAtMs: number;
  /** Null: until somebody lifts it. */
  readonly endsAtMs: number | null;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * All closures that begin on the days from one instant to another, and those of the first day, whenever they began; by their
 * beginning. One of days that never ends is told from the first of January of the year before. Where no window was open for two weeks
 * before or after, the time outside of them begins or ends so long before or after what was asked about.
 */
export function listClosedRanges(
  { closings, windows }: Opening,
  fromMs: number,
  untilMs: number,
): readonly ClosedRange[] {
  const ofCalendar = closings.calendar ? listDays(closings, closings.calendar.timeZone, fromMs, untilMs) : [];
  const declared = closings.declared
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < untilMs && (endsAtMs === null || endsAtMs > fromMs))
    .map(({ reason, startsAtMs, endsAtMs }) => ({ kind: 'declared' as const, name: reason, startsAtMs, endsAtMs }));
  const outside = listOutside(windows, fromMs, untilMs);
  return [...ofCalendar, ...declared, ...outside].sort((a, b) => a.startsAtMs - b.startsAtMs);
}

/** Around what is asked about: where each week has a window (a clock change may swallow one), the time outside of them is told whole. */
const AROUND_MS = 15 * DAY_MS;

function listOutside(windows: Opening['windows'], fromMs: number, untilMs: number): readonly ClosedRange[] {
  if (windows.length === 0) return [];
  const open = listWindowRanges(windows, fromMs - AROUND_MS, untilMs + AROUND_MS);
  const starts = [fromMs - AROUND_MS, ...open.map(({ endsAtMs }) => endsAtMs)];
  const ends = [...open.map(({ startsAtMs }) => startsAtMs), untilMs + AROUND_MS];
  const closure = toWindowClosure(windows);
  return starts
    .map((startsAtMs, index) => ({ ...closure, startsAtMs, endsAtMs: ends[index] ?? startsAtMs }))
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < Math.min(endsAtMs, untilMs) && endsAtMs > fromMs);
}

function listDays(closings: Closings, timeZone: string, fromMs: number, untilMs: number): readonly ClosedRange[] {
  const ranges: (ClosedRange & { readonly endsAtMs: number })[] = [];
  const firstDay = Math.floor(toLocalMs(fromMs, timeZone) / DAY_MS);
  const beginsAtMs = toInstantMs(firstDay * DAY_MS, timeZone);
  for (let day = firstDay, startsAtMs = beginsAtMs; startsAtMs < untilMs; day += 1) {
    const endsAtMs = toInstantMs((day + 1) * DAY_MS, timeZone);
    for (const closure of findClosures({ ...closings, declared: [] }, startsAtMs)) {
      const at = ranges.findIndex(
        (one) => one.endsAtMs === startsAtMs && one.kind === closure.kind && one.name === closure.name,
      );
      const [begun] = at >= 0 ? ranges.splice(at, 1) : [];
      ranges.push({ ...closure, startsAtMs: begun?.startsAtMs ?? startsAtMs, endsAtMs });
    }
    startsAtMs = endsAtMs;
  }
  return ranges.map((range) =>
    range.startsAtMs > beginsAtMs ? range : { ...range, startsAtMs: findBegin(closings, timeZone, range, firstDay) },
  );
}

/** When it began that is closed on a day; the same instant from whichever day one looks, at least for a year. */
function findBegin(closings: Closings, timeZone: string, { kind, name }: Closure, onDay: number): number {
  const earliest = Date.UTC(new Date(onDay * DAY_MS).getUTCFullYear() - 1, 0, 1) / DAY_MS;
  const beginOf = (day: number) => toInstantMs(day * DAY_MS, timeZone);
  const isClosed = (day: number) =>
    findClosures({ ...closings, declared: [] }, beginOf(day)).some((one) => one.kind === kind && one.name === name);
  let day = onDay;
  while (day > earliest && isClosed(day - 1)) day -= 1;
  return beginOf(day);
}
