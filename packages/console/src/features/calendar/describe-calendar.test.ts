import { expect, test } from 'vitest';
import { countBefore, describeCalendar, formatDay, formatHours, judgeDay } from './describe-calendar.ts';

const at = { nowMs: Date.parse('2026-11-30T09:00:00Z'), timeZone: 'UTC' };

test('A69 says whether it is open and until when, or by what it is closed and when it opens', () => {
  const closures = [
    { kind: 'month-end', name: 'last 3 business days of the month' },
    { kind: 'declared', name: 'incident 4711' },
  ] as const;
  const say = (told: Parameters<typeof describeCalendar>[1]) => describeCalendar('prod', told, at);
  expect(say({ closures: [], nextOpen: null, openUntil: null })).toBe('prod is open to promotions');
  expect(say({ closures: [], nextOpen: null, openUntil: '2026-11-30T16:00:00Z' })).toBe(
    'prod is open to promotions until Mon 16:00',
  );
  expect(say({ closures: [...closures], nextOpen: '2026-12-01T00:00:00Z', openUntil: null })).toBe(
    'prod is closed: last 3 business days of the month, incident 4711; opens Tue 00:00',
  );
  expect(say({ closures: [closures[1]], nextOpen: null, openUntil: null })).toBe(
    'prod is closed: incident 4711; opens when the freeze is lifted',
  );
  const outside = { kind: 'window', name: 'outside of mon 09:00-16:00 UTC' } as const;
  expect(say({ closures: [outside], nextOpen: '2026-12-07T09:00:00Z', openUntil: null })).toBe(
    'prod is closed: outside of mon 09:00-16:00 UTC; opens Mon 2026-12-07 09:00',
  );
});

test('A69 a day is open all day, for some hours, or closed; its hours are those of its zone', () => {
  const outside = {
    kind: 'window',
    name: 'outside',
    startsAt: '2026-06-15T15:00:00Z',
    endsAt: '2026-06-22T08:00:00Z',
  } as const;
  const open = [
    { startsAt: '2026-06-22T08:00:00Z', endsAt: '2026-06-22T15:00:00Z' },
    { startsAt: '2026-06-22T21:00:00Z', endsAt: '2026-06-22T23:00:00Z' },
  ];
  const on = '2026-06-22';
  expect(judgeDay({ on, closures: [], open })).toBe('open');
  expect(judgeDay({ on, closures: [outside], open })).toBe('some');
  expect(judgeDay({ on, closures: [outside], open: [] })).toBe('closed');
  expect(formatHours({ open }, 'Europe/London')).toBe('09:00–16:00, 22:00–24:00');
});

test('weeks begin on Monday, whatever the zone of the viewer', () => {
  expect(['2026-11-30', '2026-12-06', '2026-12-22'].map(countBefore)).toEqual([0, 6, 1]);
  expect(formatDay('2026-12-22')).toBe('Tue 22 December 2026');
});
