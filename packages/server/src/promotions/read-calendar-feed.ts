// What closes an environment, by freezes and weekly windows, as a calendar that others show beside theirs (RFC 5545), by ical-generator.
import { type ClosedRange, findRules, listClosedRanges, toPrintable } from '@towpath/core';
import ical from 'ical-generator';
import type pg from 'pg';
import { withSnapshot } from '../db/database.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import type { HolidayBook } from './holiday-book.ts';
import { findPolicy } from './operations/find-policy.ts';
import { findTarget } from './operations/find-target.ts';
import { holidaysUnknown } from './read-calendar.ts';
import { readFreezes } from './read-facts.ts';

const DAY_MS = 24 * 3600 * 1000;
const DAYS_BACK = 31;
const DAYS_AHEAD = 366;

/**
 * The feed of an environment. Events have the exact instants at which it closes and opens; a freeze without an end goes to the end
 * of the feed.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `HOLIDAYS_UNKNOWN`
 */
export async function readCalendarFeed(pool: pg.Pool, book: HolidayBook, environment: string): Promise<string> {
  await book.load();
  return withSnapshot(pool, async (tx) => {
    const target = await findTarget(tx, environment);
    if (!target) throw environmentUnknown(environment);
    const { freeze: calendar, windows } = findRules((await findPolicy(tx)).policy, target);
    const nowMs = await readClock(tx);
    const holidays = book.find(calendar, nowMs);
    if (!holidays.isKnown) throw holidaysUnknown(holidays.why);
    const closings = { calendar, holidays: holidays.value, declared: await readFreezes(tx, environment) };
    const lastMs = nowMs + DAYS_AHEAD * DAY_MS;
    const ranges = listClosedRanges({ closings, windows }, nowMs - DAYS_BACK * DAY_MS, lastMs);
    return formatFeed({ environment, ranges, nowMs, lastMs });
  });
}

interface Feed {
  readonly environment: string;
  readonly ranges: readonly ClosedRange[];
  readonly nowMs: number;
  readonly lastMs: number;
}

function formatFeed({ environment, ranges, nowMs, lastMs }: Feed): string {
  const feed = ical({ name: `When ${environment} is closed`, prodId: { company: 'towpath', product: 'freezes' } });
  for (const { kind, name, startsAtMs, endsAtMs } of ranges)
    feed.createEvent({
      // The same closure keeps its event from one reading to the next.
      id: `${environment}-${kind}-${startsAtMs}-${Buffer.from(name).toString('base64url')}@towpath`,
      start: new Date(startsAtMs),
      end: new Date(endsAtMs ?? Math.max(lastMs, startsAtMs)),
      stamp: new Date(nowMs),
      summary: `${environment} is closed: ${toOneLine(name)}`,
      description: endsAtMs === null ? 'Until somebody lifts it.' : `No promotion begins (${kind}).`,
    });
  // Every line ends so, the last one too (RFC 5545, 3.1).
  return `${feed.toString()}\r\n`;
}

/** A calendar takes no control characters (RFC 5545, 3.3.11), and a summary is one line. */
function toOneLine(text: string): string {
  return toPrintable(text.replaceAll(/\s+/g, ' '));
}
