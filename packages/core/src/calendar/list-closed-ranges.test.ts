import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findClosures } from './find-closures.ts';
import { listClosedRanges } from './list-closed-ranges.ts';

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
  listClosedRanges(closings, at(from), at(until)).map(({ kind, startsAtMs, endsAtMs }) => [
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

test('A69 an instant is in a range exactly when something closes it', () => {
  const ranges = listClosedRanges(closings, at('2026-06-01'), at('2027-06-01'));
  fc.assert(
    fc.property(fc.integer({ min: at('2026-06-02'), max: at('2027-05-30') }), (nowMs) => {
      const isListed = ranges.some(
        ({ startsAtMs, endsAtMs }) => startsAtMs <= nowMs && (endsAtMs === null || nowMs < endsAtMs),
      );
      expect(isListed).toBe(findClosures(closings, nowMs).length > 0);
    }),
  );
});
