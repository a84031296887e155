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

test('a day without a window is closed; one whose window goes on over midnight is open on both', () => {
  const windows = [{ days: ['tue'], from: '22:00', until: '02:00', timeZone: 'UTC' }] as const;
  const closings = { calendar: null, holidays: [], declared: [] };
  const days = listClosedDays({ closings, windows }, at('2026-06-08T12:00:00Z'), 4);
  expect(days.map(({ on, closures }) => [on, closures.map(({ kind }) => kind)])).toEqual([
    ['2026-06-08', ['window']],
    ['2026-06-09', []],
    ['2026-06-10', []],
    ['2026-06-11', ['window']],
  ]);
});
