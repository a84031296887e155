import { expect, test } from 'vitest';
import { formatBytes, formatCount } from './format-count.ts';
import { formatDuration, measureMs } from './format-duration.ts';
import { formatClock, formatElapsed, formatExact, formatMinute, formatNext, formatRelative } from './format-instant.ts';

test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [132.4, '132 ms'],
  [999.6, '1.0 s'],
  [1300, '1.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 00 s'],
  [245_000, '4 min 05 s'],
  [3_599_600, '1 h 00 min'],
  [7_440_000, '2 h 04 min'],
  [284_400_000, '3 d 07 h'],
])('%d ms is read as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test('a length without an end is measured until now', () => {
  expect(measureMs('2026-11-21T09:00:00Z', null, Date.parse('2026-11-21T09:00:02Z'))).toBe(2000);
  expect(measureMs('2026-11-21T09:00:00Z', '2026-11-21T09:00:01Z', 0)).toBe(1000);
});

const NOW = Date.parse('2026-11-21T09:00:00Z');
test.each([
  ['2026-11-21T08:59:58.500Z', 'just now'],
  ['2026-11-21T08:59:48Z', '12 s ago'],
  ['2026-11-21T08:57:00Z', '3 min ago'],
  ['2026-11-21T07:00:01Z', '1 h ago'],
  ['2026-11-20T08:00:00Z', '1 d ago'],
  ['2026-11-21T09:00:30Z', 'in 30 s'],
  ['2026-01-02T09:00:30Z', '2026-01-02'],
])('%s is read as %s', (instant, text) => {
  expect(formatRelative(instant, NOW)).toBe(text);
});

test('a length since an instant is at least a second and ends in days', () => {
  const since = ['2026-11-21T08:59:57Z', '2026-11-21T09:00:05Z', '2026-10-07T09:00:00Z'];
  expect(since.map((instant) => formatElapsed(instant, NOW))).toEqual(['3 s', '1 s', '45 d']);
});

test('the exact instant names its zone', () => {
  expect(formatExact('2026-11-21T09:54:39.123Z', 'Europe/Berlin')).toBe('2026-11-21 10:54:39.123 CET (Europe/Berlin)');
  expect(formatClock('2026-11-21T09:54:39.123Z', 'UTC')).toBe('09:54:39');
});

test('what is no moment is shown as it is, and breaks no page', () => {
  const none = '2026-99-99T99:99:99Z';
  const shown = [
    formatExact(none, 'UTC'),
    formatMinute(none, 'UTC'),
    formatNext(none, NOW, 'UTC'),
    formatRelative(none, NOW),
    formatElapsed(none, NOW),
    formatClock(none, 'UTC'),
  ];
  expect(shown).toEqual(shown.map(() => none));
});

test('counts agree with their noun, sizes use binary units', () => {
  expect(formatCount(1, 'row')).toBe('1 row');
  expect(formatCount(12_345, 'row')).toBe('12,345 rows');
  expect([812, 4096, 1_258_291, 3 * 1024 ** 3].map(formatBytes)).toEqual(['812 B', '4.0 KiB', '1.2 MiB', '3.0 GiB']);
});
