import { expect, test } from 'vitest';
import { summaryOf } from '../../testing/fixtures.ts';
import { engineWorld } from '../../testing/worlds.ts';
import { describeCell, orderFanOuts, pickColumns, toColumns, toRows } from './to-grid.ts';

const { runs } = engineWorld();
const shop = runs.slice(1, 4).toReversed();

test('names that differ only in numbers stand together, by number; the rest keeps its place', () => {
  expect(orderFanOuts(['load', 't1', 't10', 'check', 't2', 'a2-b10', 'a2-b9'])).toEqual([
    'load',
    't1',
    't2',
    't10',
    'check',
    'a2-b9',
    'a2-b10',
  ]);
});

test('a cell is what the task came to in that run; a run that is not read has none', () => {
  const rows = toRows([undefined, ...shop.slice(1)], 0);
  expect(rows.map(({ taskId }) => taskId)).toContain('part-10');
  const [unread, , newest] = rows.find(({ taskId }) => taskId === 'part-10')?.cells ?? [];
  expect(unread).toBeUndefined();
  expect(newest && describeCell('part-10', 60, newest)).toBe('part-10 in #60: failed, 900 ms');
});

test('a column is as high as its run is long beside the longest', () => {
  const columns = toColumns(shop.map(summaryOf), 0);
  expect(Math.max(...columns.map(({ share }) => share))).toBe(1);
  expect(columns.every(({ share }) => share > 0)).toBe(true);
});

test('of large runs fewer are read, and never none', () => {
  const [wide] = runs.map(summaryOf);
  if (!wide) throw new Error('the world has no run');
  expect(pickColumns(Array.from({ length: 25 }, () => wide))).toHaveLength(3);
  expect(pickColumns([{ ...wide, taskCounts: { waiting: 20_000 } }])).toHaveLength(1);
});
