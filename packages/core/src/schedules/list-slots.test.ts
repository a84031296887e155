import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listDueSlots, listNextSlots } from './list-slots.ts';
import { formatLocalDay, toInstantMs, toLocalMs } from './zone-time.ts';

const at = (text: string) => Date.parse(text);
const showLocal = (ms: number, timeZone: string) => new Date(toLocalMs(ms, timeZone)).toISOString().slice(5, 16);
const next = (cron: string, timeZone: string, after: string, count: number) =>
  listNextSlots({ cron, timeZone }, at(after), count).map((ms) => new Date(ms).toISOString().slice(5, 16));

describe('clocks are put forward', () => {
  it.each([
    // London, 29 March 2026: 01:00 becomes 02:00.
    ['Europe/London', '30 1 * * *', '2026-03-28T12:00Z', ['03-29T01:00', '03-30T00:30']],
    ['Europe/London', '15,45 1 * * *', '2026-03-28T12:00Z', ['03-29T01:00', '03-30T00:15', '03-30T00:45']],
    ['Europe/London', '0 * * * *', '2026-03-28T23:30Z', ['03-29T00:00', '03-29T01:00', '03-29T02:00']],
    ['Europe/London', '*/30 * * * *', '2026-03-29T00:00Z', ['03-29T00:30', '03-29T01:00', '03-29T01:30']],
    // New York, 8 March 2026: 02:00 becomes 03:00.
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', ['03-08T07:00', '03-09T06:30']],
    ['America/New_York', '0 2,3 * * *', '2026-03-07T12:00Z', ['03-08T07:00', '03-09T06:00', '03-09T07:00']],
    // Lord Howe, 4 October 2026: 02:00 becomes 02:30.
    ['Australia/Lord_Howe', '15,40 2 * * *', '2026-10-03T12:00Z', ['10-03T15:30', '10-03T15:40', '10-04T15:15']],
  ])('in %s %s fires once', (timeZone, cron, after, expected) => {
    expect(next(cron, timeZone, after, expected.length)).toEqual(expected);
  });
});

describe('clocks are put back', () => {
  it.each([
    // London, 25 October 2026: 02:00 becomes 01:00.
    ['Europe/London', '30 1 * * *', '2026-10-24T12:00Z', ['10-25T00:30', '10-26T01:30']],
    ['Europe/London', '0,30 * * * *', '2026-10-25T00:00Z', ['10-25T00:30', '10-25T02:00', '10-25T02:30']],
    ['Europe/London', '0 * * * *', '2026-10-25T01:30Z', ['10-25T02:00', '10-25T03:00']],
    // New York, 1 November 2026: 02:00 becomes 01:00.
    ['America/New_York', '30 1 * * *', '2026-11-01T00:00Z', ['11-01T05:30', '11-02T06:30']],
    // Lord Howe, 5 April 2026: 02:00 becomes 01:30.
    ['Australia/Lord_Howe', '*/15 1 * * *', '2026-04-04T14:20Z', ['04-04T14:30', '04-04T14:45', '04-05T14:30']],
  ])('in %s %s fires in the first pass only', (timeZone, cron, after, expected) => {
    expect(next(cron, timeZone, after, expected.length)).toEqual(expected);
  });
});

it('days and weekdays are read as cron always did: both named means either', () => {
  expect(next('0 0 13 * FRI', 'UTC', '2026-11-01T00:00Z', 4)).toEqual([
    '11-06T00:00',
    '11-13T00:00',
    '11-20T00:00',
    '11-27T00:00',
  ]);
  expect(next('0 0 29 2 *', 'UTC', '2026-11-01T00:00Z', 1)).toEqual(['02-29T00:00']);
});

it('the day of a slot is that of its zone', () => {
  expect(formatLocalDay(at('2026-11-25T23:30Z'), 'Europe/Berlin')).toBe('2026-11-26');
  expect(formatLocalDay(at('2026-11-25T23:30Z'), 'America/New_York')).toBe('2026-11-25');
});

const ZONES = ['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'];
const zones = fc.constantFrom(...ZONES);
const crons = fc.constantFrom(
  '*/7 * * * *',
  '0 * * * *',
  '30 1,2 * * *',
  '15,40 1-3 * * SUN',
  '0 0 1 * *',
  '59 23 * * 6',
);
/** Near the changes of the three zones, and anywhere. */
const instants = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-29T01:00Z',
        '2026-10-25T01:00Z',
        '2026-03-08T07:00Z',
        '2026-11-01T06:00Z',
        '2026-04-04T15:00Z',
        '2026-10-03T15:30Z',
        '2011-12-30T10:00Z',
      ),
      fc.integer({ min: -10_000, max: 10_000 }),
    )
    .map(([change, seconds]) => at(change) + seconds * 1000),
  fc.integer({ min: at('2000-01-01T00:00Z'), max: at('2060-01-01T00:00Z') }),
);

it('slots strictly grow, and no local time comes twice', () => {
  fc.assert(
    fc.property(zones, crons, instants, (timeZone, cron, after) => {
      const slots = listNextSlots({ cron, timeZone }, after, 12);
      expect(slots).toHaveLength(12);
      [after, ...slots].reduce((before, slot) => {
        expect(slot).toBeGreaterThan(before);
        return slot;
      });
      expect(new Set(slots.map((slot) => showLocal(slot, timeZone) + new Date(slot).getUTCFullYear())).size).toBe(12);
    }),
  );
});

it('where one asks from changes nothing: the slots after a slot are those that followed it', () => {
  fc.assert(
    fc.property(zones, crons, instants, fc.nat(10), (timeZone, cron, after, index) => {
      const slots = listNextSlots({ cron, timeZone }, after, 12);
      const from = slots[index] ?? after;
      expect(listNextSlots({ cron, timeZone }, from, 11 - index)).toEqual(slots.slice(index + 1));
    }),
  );
});

it('what is due is what would have come next, however it is counted', () => {
  fc.assert(
    fc.property(
      zones,
      crons,
      instants,
      fc.record({ limit: fc.integer({ min: 1, max: 20 }), count: fc.nat(100) }),
      (timeZone, cron, after, { limit, count }) => {
        const [first = 0, ...later] = listNextSlots({ cron, timeZone }, after, count + 1);
        const nowMs = later.at(-1) ?? first;
        const due = listDueSlots({ cron, timeZone }, { firstMs: first, nowMs, limit });
        const expected = [first, ...later];
        expect(due.slots).toEqual(expected.slice(-limit));
        expect(due.older).toEqual(
          expected.length > limit ? { fromMs: first, untilMs: expected[expected.length - limit - 1] } : null,
        );
      },
    ),
  );
});

it('a slot is the first instant at which the clock shows its time or a later one', () => {
  fc.assert(
    fc.property(zones, instants, (timeZone, instant) => {
      const local = toLocalMs(Math.floor(instant / 1000) * 1000, timeZone);
      const slot = toInstantMs(local, timeZone);
      expect(toLocalMs(slot, timeZone)).toBeGreaterThanOrEqual(local);
      expect(toLocalMs(slot - 1000, timeZone)).toBeLessThan(local);
    }),
  );
});

it('an hour that is not due is not due', () => {
  const range = { firstMs: at('2026-11-25T12:00Z'), nowMs: at('2026-11-25T11:59Z'), limit: 10 };
  expect(listDueSlots({ cron: '0 * * * *', timeZone: 'UTC' }, range)).toEqual({ slots: [], older: null });
});
