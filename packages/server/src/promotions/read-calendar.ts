// Whether an environment is open, and when next: the freeze gate's question without a release.
import type { GetCalendar } from '@towpath/api';
import {
  type ClosedRange,
  type Closure,
  findCalendarZone,
  findClosures,
  findNextOpening,
  findNextWindow,
  findRules,
  listClosedDays,
  listClosedRanges,
  type Opening,
  type TimeRange,
  TowpathError,
  toWindowClosure,
} from '@towpath/core';
import type pg from 'pg';
import type { z } from 'zod';
import { withSnapshot } from '../db/database.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import type { HolidayBook } from './holiday-book.ts';
import { findPolicy } from './operations/find-policy.ts';
import { findTarget } from './operations/find-target.ts';
import { listFreezes } from './operations/list-freezes.ts';
import { readFreezes } from './read-facts.ts';
import { toInstant } from './to-verdict-view.ts';

type Calendar = z.input<(typeof GetCalendar)['reply']>;

/** What is asked. */
export interface CalendarQuestion {
  readonly environment: string;
  readonly at?: string | undefined;
  /** How many days are listed, from that of `at` on. */
  readonly days: number;
}

/**
 * The calendar of an environment at an instant (absent: now).
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `HOLIDAYS_UNKNOWN`
 */
export async function readCalendar(
  pool: pg.Pool,
  book: HolidayBook,
  { environment, at, days }: CalendarQuestion,
): Promise<Calendar> {
  await book.load();
  return withSnapshot(pool, async (tx) => {
    const target = await findTarget(tx, environment);
    if (!target) throw environmentUnknown(environment);
    const { freeze: calendar, windows } = findRules((await findPolicy(tx)).policy, target);
    const atMs = at === undefined ? await readClock(tx) : Date.parse(at);
    const holidays = book.find(calendar, atMs);
    if (!holidays.isKnown) throw holidaysUnknown(holidays.why);
    const closings = { calendar, holidays: holidays.value, declared: await readFreezes(tx, environment) };
    const opening = { closings, windows };
    const closures = listClosures(opening, atMs);
    return {
      at: new Date(atMs).toISOString(),
      timeZone: findCalendarZone(opening),
      closures,
      nextOpen: toInstant(findNextOpening(opening, atMs)),
      openUntil: closures.length > 0 ? null : toInstant(findEnd(opening, atMs)),
      freezes: await listFreezes(tx, environment),
      days: listClosedDays(opening, atMs, days).map((day) => ({
        on: day.on,
        closures: day.closures.map(toClosedRangeView),
        open: day.open.map(toTimeRangeView),
      })),
    };
  });
}

function listClosures({ closings, windows }: Opening, atMs: number): Closure[] {
  const outside = findNextWindow(windows, atMs) === atMs ? [] : [toWindowClosure(windows)];
  return [...findClosures(closings, atMs), ...outside];
}

/** As far as one looks for the end of what is open. */
const AHEAD_MS = 62 * 24 * 3600 * 1000;

function findEnd(opening: Opening, atMs: number): number | null {
  const next = listClosedRanges(opening, atMs, atMs + AHEAD_MS).find(({ startsAtMs }) => startsAtMs > atMs);
  return next?.startsAtMs ?? null;
}

function toClosedRangeView({ kind, name, startsAtMs, endsAtMs }: ClosedRange) {
  return { kind, name, startsAt: new Date(startsAtMs).toISOString(), endsAt: toInstant(endsAtMs) };
}

function toTimeRangeView({ startsAtMs, endsAtMs }: TimeRange) {
  return { startsAt: new Date(startsAtMs).toISOString(), endsAt: new Date(endsAtMs).toISOString() };
}

/** The error of a calendar that can't be told. */
export function holidaysUnknown(why: string): TowpathError {
  return new TowpathError({
    code: 'HOLIDAYS_UNKNOWN',
    message: 'The calendar of the environment can not be read.',
    cause: why,
    fix: 'Correct the regions of its policy.',
  });
}
