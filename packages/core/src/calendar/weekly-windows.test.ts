// Windows of a week to the minute, across midnight and clock changes; then together with freezes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askGate, sayGate } from '../gates/testing/ask-gate.ts';
import { known } from '../gates/testing/build-facts.ts';
import type { findClosures } from './find-closures.ts';
import { findNextOpening } from './find-next-opening.ts';
import { findNextWindow, findOpenWindow, WEEK_DAYS, type WeeklyWindow } from './weekly-windows.ts';

const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const office: WeeklyWindow = {
  days: ['mon', 'tue', 'wed', 'thu'],
  from: '09:00',
  until: '16:00',
  timeZone: 'Europe/London',
};
const night: WeeklyWindow = { days: ['fri'], from: '22:00', until: '02:00', timeZone: 'UTC' };
const small: WeeklyWindow = { days: ['sun'], from: '01:15', until: '01:45', timeZone: 'Europe/London' };

describe('A69 a weekly window', () => {
  test.each<[string, WeeklyWindow, string, boolean]>([
    // 16 June 2026 is a Tuesday; London is at UTC+1.
    ['a minute before it begins', office, '2026-06-16T07:59:00Z', false],
    ['a millisecond before it begins', office, '2026-06-16T07:59:59.999Z', false],
    ['when it begins', office, '2026-06-16T08:00:00Z', true],
    ['a minute before it ends', office, '2026-06-16T14:59:00Z', true],
    ['a millisecond before it ends', office, '2026-06-16T14:59:59.999Z', true],
    ['when it ends', office, '2026-06-16T15:00:00Z', false],
    ['a minute after it ended', office, '2026-06-16T15:01:00Z', false],
    ['on another day', office, '2026-06-19T10:00:00Z', false],
    ['in winter it begins by the clock of winter', office, '2026-12-15T08:59:59.999Z', false],
    ['in winter', office, '2026-12-15T09:00:00Z', true],
    ['over midnight, before it', night, '2026-06-19T23:59:59.999Z', true],
    ['over midnight, after it', night, '2026-06-20T01:59:59.999Z', true],
    ['over midnight, at its end', night, '2026-06-20T02:00:00Z', false],
    ['over midnight, not in the morning of its own day', night, '2026-06-19T01:00:00Z', false],
    ['until midnight', { ...night, until: '24:00' }, '2026-06-19T23:59:59.999Z', true],
    ['until midnight and no longer', { ...night, until: '24:00' }, '2026-06-20T00:00:00Z', false],
    // Clocks go from 00:59:59 UTC (shown 00:59:59) to 02:00: the window of that Sunday does not exist.
    ['swallowed when the clock is put forward', small, '2026-03-29T01:00:00Z', false],
    ['a week later', small, '2026-04-05T00:15:00Z', true],
    // On 25 October 01:15 is shown twice; the window is open the first time.
    ['the first time when the clock is put back', small, '2026-10-25T00:15:00Z', true],
    ['not the second time', small, '2026-10-25T01:15:00Z', false],
  ])('%s', (_, window, now, isOpen) => {
    expect(findOpenWindow([window], at(now)) !== undefined).toBe(isOpen);
  });

  test.each([
    ['now while one is open', [office], '2026-06-16T10:00:00Z', '2026-06-16T10:00:00.000Z'],
    ['later on the same day', [office], '2026-06-16T01:00:00Z', '2026-06-16T08:00:00.000Z'],
    ['after the weekend', [office], '2026-06-18T15:00:00Z', '2026-06-22T08:00:00.000Z'],
    ['by whichever window comes first', [office, night], '2026-06-18T15:00:00Z', '2026-06-19T22:00:00.000Z'],
    ['two weeks later where a clock change swallows one', [small], '2026-03-22T02:00:00Z', '2026-04-05T00:15:00.000Z'],
    ['always without windows', [], '2026-06-20T03:00:00Z', '2026-06-20T03:00:00.000Z'],
  ])('opens next %s', (_, windows, from, opens) => {
    expect(iso(findNextWindow(windows, at(from)))).toBe(opens);
  });

  test('opens next in an open one, and nothing before it is open', () => {
    const arbWindow = fc.record({
      days: fc.uniqueArray(fc.constantFrom(...WEEK_DAYS), { minLength: 1 }),
      from: fc.constantFrom('00:00', '00:30', '01:30', '09:00', '23:59'),
      until: fc.constantFrom('00:01', '02:00', '16:00', '24:00'),
      timeZone: fc.constantFrom('UTC', 'Europe/London', 'America/Havana', 'Australia/Lord_Howe'),
    });
    const instants = fc.integer({ min: at('2025-01-01'), max: at('2028-01-01') });
    fc.assert(
      fc.property(fc.array(arbWindow, { minLength: 1, maxLength: 3 }), instants, (windows, nowMs) => {
        const openMs = findNextWindow(windows, nowMs);
        if (openMs === null) throw new Error('some window always comes');
        expect(findOpenWindow(windows, openMs)).toBeDefined();
        if (openMs > nowMs) expect(findOpenWindow(windows, openMs - 1)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

const CALENDAR = { timeZone: 'Europe/London', monthEndBusinessDays: 3, yearly: [], filingDates: [], holidays: [] };

describe('A69 the next open moment by windows and freezes together', () => {
  const declared = [
    { reason: 'incident', startsAtMs: at('2026-06-16T09:00:00Z'), endsAtMs: at('2026-06-16T16:00:00Z') },
  ];
  test.each([
    // June 2026 ends on a Tuesday: closed from Friday 26 until its end; the window opens on Wednesday 1 July.
    ['after a freeze, in the next window', '2026-06-25T15:00:00Z', '2026-07-01T08:00:00.000Z'],
    ['after a freeze that ends outside of a window', '2026-06-16T10:00:00Z', '2026-06-17T08:00:00.000Z'],
    ['before a freeze that begins within a window', '2026-06-16T07:00:00Z', '2026-06-16T08:00:00.000Z'],
  ])('%s', (_, from, opens) => {
    const closings = { calendar: CALENDAR, holidays: [], declared };
    expect(iso(findNextOpening({ closings, windows: [office] }, at(from)))).toBe(opens);
  });

  test('is unknown while a freeze has no end, and where freezes take every window', () => {
    const forever = [{ reason: 'incident', startsAtMs: 0, endsAtMs: null }];
    const always = { ...CALENDAR, yearly: [{ name: 'always', from: '01-01', until: '12-31' }] };
    const ask = (closings: Parameters<typeof findClosures>[0]) =>
      findNextOpening({ closings, windows: [office] }, at('2026-06-16'));
    expect(ask({ calendar: null, holidays: [], declared: forever })).toBeNull();
    expect(ask({ calendar: always, holidays: [], declared: [] })).toBeNull();
  });
});

describe('A69 the gate of windows', () => {
  const rules = { windows: [office], freeze: CALENDAR };
  test.each([
    ['2026-06-16T07:59:00Z', 'defer WINDOW_CLOSED'],
    ['2026-06-16T07:59:59.999Z', 'defer WINDOW_CLOSED'],
    ['2026-06-16T08:00:00Z', 'allow WINDOW_OPEN'],
    ['2026-06-16T14:59:00Z', 'allow WINDOW_OPEN'],
    ['2026-06-16T14:59:59.999Z', 'allow WINDOW_OPEN'],
    ['2026-06-16T15:00:00Z', 'defer WINDOW_CLOSED'],
    ['2026-06-16T15:01:00Z', 'defer WINDOW_CLOSED'],
  ])('at %s says %s', (now, said) => {
    expect(sayGate('window', { rules, nowMs: at(now) })).toBe(said);
  });

  test('says when a window opens, and when one does that no freeze closes', () => {
    const { askAgainAtMs, evidence } = askGate('window', { rules, nowMs: at('2026-06-25T15:00:00Z') });
    expect(iso(askAgainAtMs)).toBe('2026-06-29T08:00:00.000Z');
    expect(evidence).toEqual({
      windows: ['mon, tue, wed, thu 09:00-16:00 Europe/London'],
      nextOpen: '2026-07-01T08:00:00.000Z',
    });
    const unknown = { freezes: { isKnown: false, why: 'away' } as const };
    expect(
      askGate('window', { facts: unknown, rules, nowMs: at('2026-06-25T15:00:00Z') }).evidence.nextOpen,
    ).toBeNull();
  });

  test('lets all through without windows', () => {
    expect(sayGate('window', { facts: { freezes: known([]) } })).toBe('allow WINDOW_NOT_LIMITED');
  });
});
