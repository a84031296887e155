import { expect, test } from 'vitest';
import { createRefusalTally, type Refusal } from './refusal-tally.ts';

const unknown: Refusal = { shown: 'token', reason: 'unknown', address: '10.0.0.7' };
const MINUTE = 60_000;

test('the first refusal is told after a second, with those like it', () => {
  const tally = createRefusalTally();
  expect(tally.nextMs()).toBeUndefined();
  tally.add(unknown, 0);
  tally.add(unknown, 400);
  expect(tally.nextMs()).toBe(1000);
  expect(tally.takeDue(999)).toEqual([]);
  expect(tally.takeDue(1000)).toEqual([{ ...unknown, times: 2, overSeconds: 1 }]);
  expect(tally.nextMs()).toBeUndefined();
});

test('while they go on they are told ever more seldom, up to once an hour, and none is lost', () => {
  const tally = createRefusalTally();
  let told = 0;
  let entries = 0;
  for (let nowMs = 0; nowMs < 24 * 60 * MINUTE; nowMs += 1000) {
    tally.add(unknown, nowMs);
    for (const { times } of tally.takeDue(nowMs)) [told, entries] = [told + times, entries + 1];
  }
  for (const { times } of tally.takeAll(24 * 60 * MINUTE)) told += times;
  expect(told).toBe(24 * 3600);
  expect(entries).toBeLessThan(32);
});

test('after a quiet time the next one is told soon again', () => {
  const tally = createRefusalTally();
  tally.add(unknown, 0);
  tally.takeDue(1000);
  tally.add(unknown, 2000);
  expect(tally.nextMs()).toBe(1000 + MINUTE);
  tally.takeDue(1000 + MINUTE);
  tally.add(unknown, 180 * MINUTE);
  expect(tally.nextMs()).toBe(180 * MINUTE + 1000);
});

test('a thousand addresses leave no thousand entries, and what was shown and why stays apart', () => {
  const tally = createRefusalTally();
  for (let n = 0; n < 1000; n += 1) tally.add({ ...unknown, address: `10.0.${n >> 8}.${n & 255}` }, 0);
  tally.add({ shown: 'link', reason: 'LINK_INVALID', address: '10.9.9.9' }, 0);
  const taken = tally.takeDue(1000);
  expect(taken).toHaveLength(34);
  expect(taken.reduce((sum, { times }) => sum + times, 0)).toBe(1001);
  expect(taken.slice(-2)).toMatchObject([
    { shown: 'token', address: undefined, times: 968 },
    { shown: 'link', address: undefined, times: 1 },
  ]);
});
