import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRetentionTimes } from './retention.ts';

describe('A41 the time of each day at which old data goes', () => {
  it.each([
    ['03:00', '2026-03-02T03:00:00.000Z', '2026-03-02T03:00:00.000Z', '2026-03-03T03:00:00.000Z'],
    ['03:00', '2026-03-02T02:59:59.999Z', '2026-03-01T03:00:00.000Z', '2026-03-02T03:00:00.000Z'],
    ['00:00', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    // The night in which clocks in Europe are changed has it once, like any other.
    ['01:30', '2026-03-29T12:00:00.000Z', '2026-03-29T01:30:00.000Z', '2026-03-30T01:30:00.000Z'],
    ['23:59', '2026-01-01T00:00:00.000Z', '2025-12-31T23:59:00.000Z', '2026-01-01T23:59:00.000Z'],
  ])('%s, at %s: has come at %s, comes at %s', (daily, now, last, next) => {
    const { lastAt, nextAt } = findRetentionTimes(daily, new Date(now));
    expect([lastAt.toISOString(), nextAt.toISOString()]).toEqual([last, next]);
  });

  it('is never left out, and never comes twice', () => {
    const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(instants, minutes, (now, minute) => {
        const daily = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const { lastAt, nextAt } = findRetentionTimes(daily, now);
        expect(lastAt <= now && now < nextAt).toBe(true);
        expect(lastAt.toISOString().slice(11, 16)).toBe(daily);
        expect(findRetentionTimes(daily, nextAt).lastAt).toEqual(nextAt);
      }),
    );
  });
});
