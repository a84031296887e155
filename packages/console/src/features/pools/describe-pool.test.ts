import { expect, test } from 'vitest';
import { POOLS } from '../../testing/world-engine.ts';
import { describeChange, describePool, describeSource, parseSlots } from './describe-pool.ts';

const [warehouse, source] = POOLS;
if (!warehouse || !source) throw new Error('the world has no pools');

test('a pool says how full it is, what waits, and where its number comes from', () => {
  expect(describePool(warehouse)).toBe('3 of 3 slots held; 4 tasks wait');
  expect(describePool(source)).toBe('2 of 1 slot held, 1 more than it has; nothing waits');
  expect(describeSource(warehouse)).toBe('As the project declares 3');
  expect(describeSource(source)).toBe('Set to 1 by erin; the project declares 8');
});

test.each([
  [5, 'At most 5 attempts of all runs together use it at a time. 2 tasks that wait may start at once.'],
  [
    1,
    'At most 1 attempt of all runs together uses it at a time. Attempts that hold a slot keep it: 2 more than that until they end.',
  ],
  [
    0,
    'Nothing that needs this pool starts any more, in any run. Attempts that hold a slot keep it: 3 more than that until they end.',
  ],
])('%d slots have these consequences', (slots, words) => {
  expect(describeChange(warehouse, slots)).toBe(words);
});

test('slots are whole numbers', () => {
  expect(['5', ' 0 ', '', '-1', '1.5', '1e9', 'x'].map(parseSlots)).toEqual([5, 0, ...Array(5).fill(undefined)]);
});
