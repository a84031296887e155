import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findClosures } from './find-closures.ts';
import { listClosedRanges } from './list-closed-ranges.ts';
import { findNextWindow, type WeeklyWindow } from './weekly-windows.ts';

const at = (text: string) => Date.parse(text);
const closings = {
  calendar: {
    ...{ timeZone: 'Europe/London', monthEndBusinessDays: 3 },
    yearly: [{ name: 'year-end close', from: '12-20', until: '01-05' }],
    filingDates: [{ on: '2026-10-25', name: 'filing' }],
    holidays: [],
  },
  holidays: [{ on: '2026-08-31', name: 'Summer bank holiday' }],
  declared: [
    { reason: 'incident', startsAtMs: at('2026-09-01T10:00:00Z'), endsAtMs: at('2026-09-01T11:00:00Z') },
    { reason: 'stop the line', startsAtMs: at('2026-09-02T10:00:00Z'), endsAtMs: null },
    { reason: 'long over', startsAtMs: at('2020-09-02T10:00:00Z'), endsAtMs: at('2020-09-03T10:00:00Z') },
  ],
};
const list = (from: string, until: string) =>
  listClosedRanges({ closings, windows: [] }, at(from), at(until)).map(({ kind, startsAtMs, endsAtMs }) => [
    kind,
    new Date(startsAtMs).toISOString(),
    endsAtMs === null ? null : new Date(endsAtMs).toISOString(),
  ]);

test('A69 closures are listed whole, by the clock of the calendar', () => {
  expect(list('2026-08-20T12:00:00Z', '2026-09-10T00:00:00Z')).toEqual([
    ['month-end', '2026-08-25T23:00:00.000Z', '2026-08-31T23:00:00.000Z'],
    ['holiday', '2026-08-30T23:00:00.000Z', '2026-08-31T23:00:00.000Z'],
    ['declared', '2026-09-01T10:00:00.000Z', '2026-09-01T11:00:00.000Z'],
    ['declared', '2026-09-02T10:00:00.000Z', null],
  ]);
  // 25 hours: clocks are put back.
  expect(list('2026-10-20T00:00:00Z', '2026-10-26T00:00:00Z').at(-1)).toEqual([
    'filing-date',
    '2026-10-24T23:00:00.000Z',
    '2026-10-26T00:00:00.000Z',
  ]);
  expect(list('2026-12-15T00:00:00Z', '2027-01-15T00:00:00Z').filter(([kind]) => kind === 'yearly')).toEqual([
    ['yearly', '2026-12-20T00:00:00.000Z', '2027-01-06T00:00:00.000Z'],
  ]);
});

test('A69 what was closed before is told from its true beginning, from whichever day one looks', () => {
  const seen = ['2026-12-31T12:00:00Z', '2027-01-01T12:00:00Z', '2027-01-05T12:00:00Z'].map((day) =>
    list(day, '2027-02-15T00:00:00Z').find(([kind]) => kind === 'yearly'),
  );
  expect(seen).toEqual(seen.map(() => ['yearly', '2026-12-20T00:00:00.000Z', '2027-01-06T00:00:00.000Z']));
  expect(list('2026-08-28T12:00:00Z', '2026-09-01T00:00:00Z')[0]).toEqual([
    'month-end',
    '2026-08-25T23:00:00.000Z',
    '2026-08-31T23:00:00.000Z',
  ]);
});

test('A69 what never opens is told from the same day on for a year', () => {
  const calendar = { ...closings.calendar, yearly: [{ name: 'never', from: '01-01', until: '12-31' }] };
  const seen = ['2026-03-01', '2026-03-02', '2026-12-31'].map((day) =>
    listClosedRanges({ closings: { calendar, holidays: [], declared: [] }, windows: [] }, at(day), at('2027-06-01'))
      .filter(({ kind }) => kind === 'yearly')
      .map(({ startsAtMs }) => new Date(startsAtMs).toISOString()),
  );
  expect(seen).toEqual(seen.map(() => ['2025-01-01T00:00:00.000Z']));
});

const WINDOWS: readonly WeeklyWindow[] = [
  { days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', until: '16:00', timeZone: 'Europe/London' },
  { days: ['mon'], from: '15:30', until: '18:00', timeZone: 'Europe/London' },
  { days: ['fri'], from: '22:00', until: '02:00', timeZone: 'America/New_York' },
];

test.each([
  { name: 'freezes alone', windows: [] },
  { name: 'freezes and weekly windows', windows: WINDOWS },
])('A69 an instant is in a range exactly when something closes it: $name', ({ windows }) => {
  const ranges = listClosedRanges({ closings, windows }, at('2026-06-01'), at('2027-06-01'));
  fc.assert(
    fc.property(fc.integer({ min: at('2026-06-02'), max: at('2027-05-30') }), (nowMs) => {
      const isListed = ranges.some(
        ({ startsAtMs, endsAtMs }) => startsAtMs <= nowMs && (endsAtMs === null || nowMs < endsAtMs),
      );
      const isOpen = findClosures(closings, nowMs).length === 0 && findNextWindow(windows, nowMs) === nowMs;
      expect(isListed).toBe(!isOpen);
    }),
  );
});

test('A69 the time outside of weekly windows is told whole, by their clock, and windows that touch are one', () => {
  const none = { calendar: null, holidays: [], declared: [] };
  // Clocks of London are put back on Sunday 25 October 2026.
  const outside = listClosedRanges(
    { closings: none, windows: WINDOWS.slice(0, 2) },
    at('2026-10-24'),
    at('2026-10-27'),
  );
  expect(
    outside.map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs ?? 0].map((ms) => new Date(ms).toISOString())),
  ).toEqual([
    ['2026-10-22T15:00:00.000Z', '2026-10-26T09:00:00.000Z'],
    ['2026-10-26T18:00:00.000Z', '2026-10-27T09:00:00.000Z'],
  ]);
  expect(outside[0]).toMatchObject({
    kind: 'window',
    name: expect.stringMatching(/^outside of mon, tue, wed, thu 09:00-16:00/),
  });
});
