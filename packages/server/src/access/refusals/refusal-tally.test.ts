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

test('A91 whoever fills the places of addresses hides no refusal of somebody who is known', () => {
  const tally = createRefusalTally();
  for (let n = 0; n < 100; n += 1) tally.add({ ...unknown, address: `10.0.0.${n}` }, 0);
  const nell = { subject: { kind: 'person', id: 'nell', name: 'nell' }, environment: null } as const;
  tally.add({ shown: 'token', reason: 'revoked', whose: nell, address: '10.9.9.9' }, 0);
  expect(tally.takeDue(1000)).toContainEqual(expect.objectContaining({ whose: nell, address: '10.9.9.9', times: 1 }));
});

test('A91 one of them from many addresses has two places, and the entry names some of them', () => {
  const tally = createRefusalTally();
  const nell = { subject: { kind: 'person', id: 'nell', name: 'nell' }, environment: null } as const;
  for (let n = 0; n < 100; n += 1)
    tally.add({ shown: 'token', reason: 'revoked', whose: nell, address: `10.0.0.${n}` }, 0);
  const taken = tally.takeDue(1000);
  expect(taken).toMatchObject([
    { whose: nell, address: '10.0.0.0', times: 1 },
    { whose: nell, address: undefined, times: 99, addresses: expect.arrayContaining(['10.0.0.1', '10.0.0.16']) },
  ]);
  expect(taken[1]?.addresses).toHaveLength(16);
});

test('A91 two thousand names take no more places than there are, and each refusal is told', () => {
  const tally = createRefusalTally();
  for (let n = 0; n < 2000; n += 1) {
    const subject = { kind: 'person', id: `p${n}`, name: `p${n}` } as const;
    tally.add({ shown: 'token', reason: 'expired', whose: { subject, environment: null }, address: '10.0.0.1' }, 0);
  }
  const taken = tally.takeDue(1000);
  expect(taken).toHaveLength(513);
  expect(taken.at(-1)).toMatchObject({ whose: undefined, times: 2000 - 512, addresses: ['10.0.0.1'] });
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
