import { expect, test } from 'vitest';
import { countBefore, describeCalendar, formatDay } from './describe-calendar.ts';

const at = { nowMs: Date.parse('2026-11-30T09:00:00Z'), timeZone: 'UTC' };

test('A69 says whether it is open, by what it is closed, and when it opens', () => {
  const closures = [
    { kind: 'month-end', name: 'last 3 business days of the month' },
    { kind: 'declared', name: 'incident 4711' },
  ] as const;
  expect(describeCalendar('prod', { closures: [], nextOpen: null }, at)).toBe('prod is open to promotions');
  expect(describeCalendar('prod', { closures: [...closures], nextOpen: '2026-12-01T00:00:00Z' }, at)).toBe(
    'prod is closed by last 3 business days of the month, incident 4711; opens Tue 00:00',
  );
  expect(describeCalendar('prod', { closures: [closures[1]], nextOpen: null }, at)).toBe(
    'prod is closed by incident 4711 until it is lifted',
  );
});

test('weeks begin on Monday, whatever the zone of the viewer', () => {
  expect(['2026-11-30', '2026-12-06', '2026-12-22'].map(countBefore)).toEqual([0, 6, 1]);
  expect(formatDay('2026-12-22')).toBe('Tue 22 December 2026');
});
