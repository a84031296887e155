import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createPrefetch } from './prefetch.ts';

function seen(slots: number, took: readonly number[]) {
  const prefetch = createPrefetch(slots);
  for (const ms of took) prefetch.noteEnd(ms);
  return prefetch;
}

const many = (count: number, ms: number) => Array.from({ length: count }, () => ms);

test.each([
  ['before enough has ended', 2, many(7, 10), 0],
  ['after eight short ones, of which several begin within 100 ms', 2, many(8, 50), 4],
  ['never more than three per slot', 2, many(8, 1), 6],
  ['that end at once', 2, many(8, 0), 6],
  ['with many slots, after as many ends', 20, many(19, 10), 0],
  ['with many slots', 20, many(20, 100), 20],
  ['one of which was long', 2, [...many(7, 10), 201], 0],
  ['of which a long one is long past', 2, [201, ...many(8, 50)], 4],
])('how many are prefetched %s', (_, slots, took, expected) => {
  expect(seen(slots, took).count()).toBe(expected);
});

test('what ended more than five seconds ago says nothing of what comes now', () => {
  vi.useFakeTimers();
  const prefetch = seen(2, many(8, 50));
  vi.advanceTimersByTime(5_000);
  expect(prefetch.count()).toBe(4);
  vi.advanceTimersByTime(1);
  expect(prefetch.count()).toBe(0);
  prefetch.noteEnd(50);
  expect(prefetch.count()).toBe(4);
  vi.useRealTimers();
});

test('what waited for too long begins the count anew', () => {
  const prefetch = seen(2, many(8, 10));
  prefetch.forget();
  expect(prefetch.count()).toBe(0);
  for (const ms of many(8, 50)) prefetch.noteEnd(ms);
  expect(prefetch.count()).toBe(4);
});

test('whatever was seen, what is prefetched would begin within 100 ms, as far as the mean tells', () => {
  const times = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), times, (slots, took) => {
      const count = seen(slots, took).count();
      const last = took.slice(-Math.max(slots, 8));
      const mean = last.reduce((sum, one) => sum + one, 0) / Math.max(1, last.length);
      expect(count * mean).toBeLessThanOrEqual(slots * 100 + 1e-6);
      expect(count).toBeLessThanOrEqual(3 * slots);
    }),
  );
});
