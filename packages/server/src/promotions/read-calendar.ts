// Whether an environment is open, and when next: the freeze gate's question without a release.
import type { GetCalendar } from '@towpath/api';
import {
  findClosures,
  findNextOpening,
  findOpenWindow,
  findRules,
  formatWindow,
  listClosedDays,
  TowpathError,
  type WeeklyWindow,
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
    return {
      at: new Date(atMs).toISOString(),
      timeZone: calendar?.timeZone ?? 'UTC',
      closures: [...findClosures(closings, atMs), ...listWindowClosures(windows, atMs)],
      nextOpen: toInstant(findNextOpening({ closings, windows }, atMs)),
      freezes: await listFreezes(tx, environment),
      days: listClosedDays({ closings, windows }, atMs, days).map(({ on, closures }) => ({
        on,
        closures: [...closures],
      })),
    };
  });
}

function listWindowClosures(windows: readonly WeeklyWindow[], atMs: number) {
  if (windows.length === 0 || findOpenWindow(windows, atMs)) return [];
  return [{ kind: 'window' as const, name: `outside of ${windows.map(formatWindow).join('; ')}` }];
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
