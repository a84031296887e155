// A69: to the minute at each edge, in the clock of the calendar's zone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findClosures, findNextOpen } from './find-closures.ts';
import type { DeclaredFreeze, FreezeCalendar, NamedDay } from './freeze-calendar.ts';

const CALENDAR: FreezeCalendar = {
  timeZone: 'Europe/London',
  monthEndBusinessDays: 3,
  yearly: [{ name: 'year-end close', from: '12-20', until: '01-05' }],
  filingDates: [{ on: '2026-06-10', name: 'MiFIR filing' }],
  holidays: [{ country: 'GB', region: 'ENG' }],
};
const HOLIDAYS: readonly NamedDay[] = [
  { on: '2026-05-04', name: 'Early May bank holiday' },
  { on: '2026-08-31', name: 'Summer bank holiday' },
];

const closings = (overrides: Partial<FreezeCalendar> = {}, declared: readonly DeclaredFreeze[] = []) => ({
  calendar: { ...CALENDAR, ...overrides },
  holidays: HOLIDAYS,
  declared,
});
const at = (text: string) => Date.parse(text);
const kindsAt = (text: string, overrides?: Partial<FreezeCalendar>) =>
  findClosures(closings(overrides), at(text)).map(({ kind }) => kind);
const nextOpen = (text: string, overrides?: Partial<FreezeCalendar>) => {
  const openMs = findNextOpen(closings(overrides), at(text));
  return openMs === null ? null : new Date(openMs).toISOString();
};

describe('A69 a freeze begins and ends to the minute', () => {
  test.each([
    // June 2026 ends on a Tuesday: Fri 26, Mon 29, Tue 30, and the weekend between them. London is at UTC+1.
    ['month end begins', '2026-06-25T22:59:59.999Z', [], '2026-06-25T23:00:00.000Z', ['month-end']],
    [
      'month end goes on over its weekend',
      '2026-06-27T12:00:00Z',
      ['month-end'],
      '2026-06-28T12:00:00Z',
      ['month-end'],
    ],
    ['month end ends', '2026-06-30T22:59:59.999Z', ['month-end'], '2026-06-30T23:00:00.000Z', []],
    // October 2026 ends on a Saturday: Wed 28, Thu 29, Fri 30, then the weekend until the month is over.
    ['a month that ends on a weekend', '2026-10-27T23:59:59Z', [], '2026-10-28T00:00:00Z', ['month-end']],
    ['until its very end', '2026-10-31T23:59:59Z', ['month-end'], '2026-11-01T00:00:00Z', []],
    // Monday 31 August is a bank holiday: Wed 26, Thu 27, Fri 28.
    ['holidays are no business days', '2026-08-25T22:59:59Z', [], '2026-08-25T23:00:00Z', ['month-end']],
    [
      'a holiday at the month end',
      '2026-08-30T22:59:59Z',
      ['month-end'],
      '2026-08-30T23:00:00Z',
      ['month-end', 'holiday'],
    ],
    ['the year end begins', '2026-12-19T23:59:59Z', [], '2026-12-20T00:00:00Z', ['yearly']],
    ['it goes across the year', '2026-12-31T23:59:59Z', ['month-end', 'yearly'], '2027-01-01T00:00:00Z', ['yearly']],
    ['the year end ends', '2027-01-05T23:59:59Z', ['yearly'], '2027-01-06T00:00:00Z', []],
    ['a filing date begins', '2026-06-09T22:59:59Z', [], '2026-06-09T23:00:00Z', ['filing-date']],
    ['a filing date ends', '2026-06-10T22:59:59Z', ['filing-date'], '2026-06-10T23:00:00Z', []],
    ['a bank holiday begins', '2026-05-03T22:59:59Z', [], '2026-05-03T23:00:00Z', ['holiday']],
    ['a bank holiday ends', '2026-05-04T22:59:59Z', ['holiday'], '2026-05-04T23:00:00Z', []],
  ])('%s', (_, before, kindsBefore, ...[after, kindsAfter]) => {
    expect([kindsAt(before), kindsAt(after)]).toEqual([kindsBefore, kindsAfter]);
  });

  test('a day has as many hours as its zone gives it', () => {
    // In 2026 London puts its clocks back on Sunday 25 October: that day has 25 hours.
    const autumn = { filingDates: [{ on: '2026-10-25', name: 'filing' }] };
    expect(nextOpen('2026-10-24T23:00:00Z', autumn)).toBe('2026-10-26T00:00:00.000Z');
    // And forward on 29 March: 23 hours. March 2026 ends on a Tuesday, so its close began on Friday 27.
    expect(kindsAt('2026-03-26T23:59:59Z')).toEqual([]);
    expect(nextOpen('2026-03-27T00:00:00Z')).toBe('2026-03-31T23:00:00.000Z');
    // In Havana clocks go from 23:59:59 to 01:00: the day begins an hour late.
    const havana = { timeZone: 'America/Havana', filingDates: [{ on: '2026-03-08', name: 'filing' }] };
    expect(kindsAt('2026-03-08T04:59:59Z', havana)).toEqual([]);
    expect(kindsAt('2026-03-08T05:00:00Z', havana)).toEqual(['filing-date']);
  });

  test('the same instant is another day elsewhere', () => {
    const kiritimati = { timeZone: 'Pacific/Kiritimati' };
    expect(kindsAt('2026-12-19T10:00:00Z', kiritimati)).toEqual(['yearly']);
    expect(kindsAt('2026-12-19T10:00:00Z')).toEqual([]);
  });
});

describe('A69 the next open window', () => {
  test.each([
    ['is now while it is open', '2026-06-11T10:00:00Z', '2026-06-11T10:00:00.000Z'],
    ['comes after the month end', '2026-06-26T10:00:00Z', '2026-06-30T23:00:00.000Z'],
    // The close of December runs into that of the year; January is open from the 6th on.
    ['comes after closures that follow each other', '2026-12-29T10:00:00Z', '2027-01-06T00:00:00.000Z'],
    ['comes after a weekend between holiday and month end', '2026-08-31T10:00:00Z', '2026-08-31T23:00:00.000Z'],
  ])('%s', (_, from, open) => {
    expect(nextOpen(from)).toBe(open);
  });

  const freeze = (startsAt: string, endsAt: string | null): DeclaredFreeze => ({
    reason: 'incident',
    startsAtMs: at(startsAt),
    endsAtMs: endsAt === null ? null : at(endsAt),
  });

  test('a declared freeze closes from its first instant, and not at its last', () => {
    const declared = [freeze('2026-06-11T10:00:00Z', '2026-06-11T11:30:00Z')];
    const kinds = ['09:59:59.999', '10:00:00.000', '11:29:59.999', '11:30:00.000'].map((time) =>
      findClosures(closings({}, declared), at(`2026-06-11T${time}Z`)).map(({ kind }) => kind),
    );
    expect(kinds).toEqual([[], ['declared'], ['declared'], []]);
    expect(findNextOpen(closings({}, declared), at('2026-06-11T10:15:00Z'))).toBe(at('2026-06-11T11:30:00Z'));
  });

  test('a freeze that ends into a closed day opens with that day', () => {
    const declared = [freeze('2026-06-25T10:00:00Z', '2026-06-27T10:00:00Z')];
    expect(findNextOpen(closings({}, declared), at('2026-06-25T12:00:00Z'))).toBe(at('2026-06-30T23:00:00Z'));
  });

  test('is unknown while a freeze has no end, and when a calendar never opens', () => {
    expect(findNextOpen(closings({}, [freeze('2026-06-11T10:00:00Z', null)]), at('2026-06-11T10:00:00Z'))).toBeNull();
    const always = { yearly: [{ name: 'always', from: '01-01', until: '12-31' }] };
    expect(nextOpen('2026-06-11T10:00:00Z', always)).toBeNull();
  });
});

test('the next open window is open, is not before now, and nothing before it is open', () => {
  const zones = fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana');
  const instants = fc.integer({ min: at('2025-01-01'), max: at('2028-01-01') });
  fc.assert(
    fc.property(zones, instants, fc.integer({ min: 0, max: 5 }), (timeZone, nowMs, monthEndBusinessDays) => {
      const calendar = closings({ timeZone, monthEndBusinessDays });
      const openMs = findNextOpen(calendar, nowMs);
      if (openMs === null) throw new Error('this calendar always opens again');
      expect(openMs).toBeGreaterThanOrEqual(nowMs);
      expect(findClosures(calendar, openMs)).toEqual([]);
      if (openMs > nowMs) expect(findClosures(calendar, openMs - 1)).not.toEqual([]);
    }),
    { numRuns: 200 },
  );
});
