import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCalendarDay, isInstant } from './calendar-text.ts';

describe('isCalendarDay', () => {
  it.each(['2028-02-29', '2026-12-31', '2000-02-29', '0001-01-01'])('takes %s', (text) => {
    expect(isCalendarDay(text)).toBe(true);
  });
  it.each([
    ...['2026-02-29', '1900-02-29', '2026-00-10', '2026-13-01', '2026-04-31', '2026-01-00', '2026-1-1', ''],
    ...[' 2026-01-01', '2026-01-01\n', '2026-01-01T00:00:00Z', '20260101'],
  ])('refuses %j', (text) => {
    expect(isCalendarDay(text)).toBe(false);
  });
  it('takes every day of the calendar', () => {
    const days = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(fc.property(days, (day) => isCalendarDay(day.toISOString().slice(0, 10))));
  });
});

describe('isInstant', () => {
  it.each([
    '2026-11-25T06:00:00Z',
    '2026-11-25t06:00:00z',
    '2026-11-25T23:59:59.123456789+02:00',
    '2026-11-25T00:00:00-09:30',
  ])('takes %s', (text) => {
    expect(isInstant(text)).toBe(true);
  });
  it.each([
    ...['2026-02-30T00:00:00Z', '2026-11-25T24:00:00Z', '2026-11-25T06:60:00Z', '2026-11-25T06:00:60Z'],
    ...['2026-11-25T06:00Z', '2026-11-25T06:00:00', '2026-11-25 06:00:00Z', '2026-11-25T06:00:00+24:00', ''],
    ...['2026-11-25T06:00:00.Z', '2026-11-25'],
  ])('refuses %j', (text) => {
    expect(isInstant(text)).toBe(false);
  });
  it('takes every instant as JavaScript writes it', () => {
    const instants = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(fc.property(instants, (instant) => isInstant(instant.toISOString())));
  });
});
