import { expect, test } from 'vitest';
import type { FreezeCalendar } from './freeze-calendar.ts';
import { listClosedDays } from './list-closed-days.ts';

const CALENDAR: FreezeCalendar = {
  timeZone: 'Europe/London',
  monthEndBusinessDays: 0,
  yearly: [],
  filingDates: [{ on: '2026-06-10', name: 'MiFIR filing' }],
  holidays: [],
};
const at = (text: string) => Date.parse(text);

test('days are those of the zone, and a freeze closes each day it touches', () => {
  const declared = [
    { reason: 'incident', startsAtMs: at('2026-06-10T22:00:00Z'), endsAtMs: at('2026-06-11T23:00:00Z') },
  ];
  const days = listClosedDays(
    { closings: { calendar: CALENDAR, holidays: [], declared }, windows: [] },
    at('2026-06-08T23:30:00Z'),
    4,
  );
  expect(days.map(({ on, closures }) => [on, closures.map(({ name }) => name)])).toEqual([
    ['2026-06-09', []],
    ['2026-06-10', ['MiFIR filing', 'incident']],
    ['2026-06-11', ['incident']],
    ['2026-06-12', []],
  ]);
});

test('without a calendar only freezes close, also those without an end', () => {
  const declared = [{ reason: 'stop the line', startsAtMs: at('2026-06-09T10:00:00Z'), endsAtMs: null }];
  const days = listClosedDays(
    { closings: { calendar: null, holidays: [], declared }, windows: [] },
    at('2026-06-08T12:00:00Z'),
    3,
  );
  expect(days.map(({ closures }) => closures.length)).toEqual([0, 1, 1]);
});

const openOf = (windows: Parameters<typeof listClosedDays>[0]['windows'], from: string, count: number) =>
  listClosedDays({ closings: { calendar: null, holidays: [], declared: [] }, windows }, at(from), count).map(
    ({ on, open }) => [on, ...open.map(({ startsAtMs, endsAtMs }) => toText(startsAtMs, endsAtMs))],
  );
const toText = (...ends: readonly number[]) => ends.map((ms) => new Date(ms).toISOString().slice(0, 16)).join(' ');

test('A69 a day says to the minute when it is open: a window that goes on over midnight opens some of both days', () => {
  const windows = [{ days: ['tue'], from: '22:00', until: '02:00', timeZone: 'UTC' }] as const;
  expect(openOf(windows, '2026-06-08T12:00:00Z', 4)).toEqual([
    ['2026-06-08'],
    ['2026-06-09', '2026-06-09T22:00 2026-06-10T00:00'],
    ['2026-06-10', '2026-06-10T00:00 2026-06-10T02:00'],
    ['2026-06-11'],
  ]);
});

test('A69 days of an environment without freezes are those of its windows, by their clock', () => {
  const windows = [{ days: ['mon', 'sun'], from: '09:00', until: '16:00', timeZone: 'America/New_York' }] as const;
  // Clocks of New York are put back on Sunday 1 November 2026, before the window opens.
  expect(openOf(windows, '2026-11-01T03:59:00Z', 3)).toEqual([
    ['2026-10-31'],
    ['2026-11-01', '2026-11-01T14:00 2026-11-01T21:00'],
    ['2026-11-02', '2026-11-02T14:00 2026-11-02T21:00'],
  ]);
});

test('A69 windows and freezes together: what a freeze leaves of a window, and why the rest is closed', () => {
  const windows = [{ days: ['wed'], from: '09:00', until: '16:00', timeZone: 'Europe/London' }] as const;
  const declared = [
    { reason: 'incident', startsAtMs: at('2026-06-17T09:00:00Z'), endsAtMs: at('2026-06-17T10:30:00Z') },
  ];
  const opening = { closings: { calendar: CALENDAR, holidays: [], declared }, windows };
  const [filing, ...days] = listClosedDays(opening, at('2026-06-10T12:00:00Z'), 8);
  expect(filing?.open).toEqual([]);
  const last = days.at(-1);
  // London is at UTC+1: open from 8 to 15.
  expect(last?.open.map(({ startsAtMs, endsAtMs }) => toText(startsAtMs, endsAtMs))).toEqual([
    '2026-06-17T08:00 2026-06-17T09:00',
    '2026-06-17T10:30 2026-06-17T15:00',
  ]);
  expect(last?.closures.map(({ kind }) => kind)).toEqual(['window', 'declared', 'window']);
});
