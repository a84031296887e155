// A calendar as people read it: day by day, in its own time zone.
import { toInstantMs, toLocalMs } from '../schedules/zone-time.ts';
import { findClosures } from './find-closures.ts';
import type { Opening } from './find-next-opening.ts';
import type { Closure } from './freeze-calendar.ts';
import { findNextWindow, formatWindow } from './weekly-windows.ts';

/** Why a day is closed; `window`: none of the weekly windows is open on it. */
type DayClosure = Closure | { readonly kind: 'window'; readonly name: string };

/** A day, with all that closes it or some hours of it. */
export interface CalendarDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly closures: readonly DayClosure[];
}

const DAY_MS = 24 * 3600 * 1000;

/** So many days from that of an instant on. Days of the calendar close from midnight to midnight, so its noon tells. */
export function listClosedDays({ closings, windows }: Opening, fromMs: number, count: number): readonly CalendarDay[] {
  const timeZone = closings.calendar?.timeZone ?? 'UTC';
  const first = Math.floor(toLocalMs(fromMs, timeZone) / DAY_MS);
  return Array.from({ length: count }, (_, index) => {
    const localMs = (first + index) * DAY_MS;
    const [beginMs, endMs] = [toInstantMs(localMs, timeZone), toInstantMs(localMs + DAY_MS, timeZone)];
    const ofDay = findClosures({ ...closings, declared: [] }, toInstantMs(localMs + DAY_MS / 2, timeZone));
    const ofPeople = closings.declared
      .filter(({ startsAtMs, endsAtMs }) => startsAtMs < endMs && (endsAtMs === null || beginMs < endsAtMs))
      .map(({ reason }) => ({ kind: 'declared' as const, name: reason }));
    const ofWindows = hasWindow(windows, beginMs, endMs) ? [] : [toClosure(windows)];
    return { on: new Date(localMs).toISOString().slice(0, 10), closures: [...ofDay, ...ofPeople, ...ofWindows] };
  });
}

function hasWindow(windows: Opening['windows'], beginMs: number, endMs: number): boolean {
  const openMs = findNextWindow(windows, beginMs);
  return openMs !== null && openMs < endMs;
}

function toClosure(windows: Opening['windows']): DayClosure {
  return { kind: 'window', name: `outside of ${windows.map(formatWindow).join('; ')}` };
}
