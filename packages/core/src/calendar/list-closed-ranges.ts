// The freeze calendar as a list: what closes an environment from when until when, for a feed.
import { toInstantMs, toLocalMs } from '../schedules/zone-time.ts';
import { type Closings, findClosures } from './find-closures.ts';
import type { Closure } from './freeze-calendar.ts';

/** One closure, as long as it lasts. */
export interface ClosedRange extends Closure {
  readonly startsAtMs: number;
  /** Null: until somebody lifts it. */
  readonly endsAtMs: number | null;
}

const DAY_MS = 24 * 3600 * 1000;

/** All closures that begin on the days from one instant to another (those of the first day, whenever they began); by their beginning. */
export function listClosedRanges(closings: Closings, fromMs: number, untilMs: number): readonly ClosedRange[] {
  const ofCalendar = closings.calendar ? listDays(closings, closings.calendar.timeZone, fromMs, untilMs) : [];
  const declared = closings.declared
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < untilMs && (endsAtMs === null || endsAtMs > fromMs))
    .map(({ reason, startsAtMs, endsAtMs }) => ({ kind: 'declared' as const, name: reason, startsAtMs, endsAtMs }));
  return [...ofCalendar, ...declared].sort((a, b) => a.startsAtMs - b.startsAtMs);
}

function listDays(closings: Closings, timeZone: string, fromMs: number, untilMs: number): readonly ClosedRange[] {
  const ranges: (ClosedRange & { readonly endsAtMs: number })[] = [];
  const firstDay = Math.floor(toLocalMs(fromMs, timeZone) / DAY_MS);
  for (let day = firstDay, startsAtMs = toInstantMs(day * DAY_MS, timeZone); startsAtMs < untilMs; day += 1) {
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
  return ranges;
}
