import { expect, test } from 'vitest';
import { scheduleOf } from '../../testing/world-engine.ts';
import { describeSchedules, formatSlot, sortByNext } from './describe-schedules.ts';

const NOW = Date.parse('2026-11-25T00:00:00Z');
const soon = scheduleOf(1, { pipeline: 'soon', nextSlots: ['2026-11-25T02:00:00Z'] });
const late = scheduleOf(2, { pipeline: 'late', nextSlots: ['2026-11-26T02:00:00Z'] });
const paused = scheduleOf(3, {
  pipeline: 'paused',
  nextSlots: ['2026-11-25T01:00:00Z'],
  paused: { at: '2026-11-24T00:00:00Z', by: 'erin', note: null },
});

test('the answer names what ticks next, never what is paused', () => {
  expect(describeSchedules([paused, late, soon], NOW)).toBe('Next: soon in 2 h · 1 of 3 schedules paused');
  expect(describeSchedules([paused], NOW)).toBe('Nothing runs by itself: every schedule is paused');
  expect(describeSchedules([], NOW)).toBe('Nothing runs by itself here');
  expect(sortByNext([paused, late, soon])).toEqual([soon, late, paused]);
});

test("a slot stands on the schedule's clock too, with its weekday where that is another", () => {
  const slot = (instant: string) => formatSlot(instant, { viewer: 'Europe/Berlin', schedule: 'America/New_York' });
  expect(slot('2026-11-25T11:00:00Z')).toEqual({ viewer: 'Wed 2026-11-25 12:00', schedule: '06:00' });
  expect(slot('2026-11-25T02:00:00Z')).toEqual({ viewer: 'Wed 2026-11-25 03:00', schedule: 'Tue 21:00' });
});
