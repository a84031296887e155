import type { ReleaseDifference } from '@towpath/core';
import { expect, test } from 'vitest';
import { formatChanges } from './format-changes.ts';

const format = (differences: ReleaseDifference[], leftOut = 0) =>
  formatChanges({ version: 'v1.0.0' }, { version: 'v1.1.0' }, { differences, leftOut });

const SIDE_BY_SIDE = 'Each beside the other: npx towpath release diff v1.0.0 v1.1.0';

test('code of functions that changed is told, though no graph did', () => {
  expect(format([{ kind: 'bundle', name: 'functions', before: 'b', after: 'd' }])).toEqual([
    '  Code of functions changed',
    SIDE_BY_SIDE,
  ]);
});

test('parts are named, by kind and how they differ', () => {
  expect(
    format([
      { kind: 'pipeline', name: 'books', before: null, after: '3' },
      { kind: 'pipeline', name: 'trades', before: null, after: '1' },
      { kind: 'pipeline', name: 'orders', before: '1', after: '2' },
      { kind: 'task', name: 'orders/load', before: 'kit 1.0.0: load a', after: 'kit 1.0.0: load b' },
      { kind: 'datakit', name: 'dbt', before: '0.2.0', after: null },
      { kind: 'configuration', name: 'variables', before: 'c', after: 'e' },
    ]),
  ).toEqual([
    '  Pipeline added: books, trades',
    '  Pipeline changed: orders',
    '  Task changed: orders/load',
    '  Datakit removed: dbt',
    '  Variables changed',
    SIDE_BY_SIDE,
  ]);
});

test('of many parts the first are named', () => {
  const added = (name: number): ReleaseDifference => ({ kind: 'task', name: `p/${name}`, before: null, after: 'x' });
  expect(
    format(
      Array.from({ length: 14 }, (_, index) => added(index)),
      3,
    ).slice(0, 2),
  ).toEqual(['  Task added: p/0, p/1, p/2, p/3, p/4, p/5, p/6, p/7, p/8, p/9, p/10, p/11, 2 more', '  and 3 more']);
});

test('another commit of the same content changes nothing that runs', () => {
  expect(format([{ kind: 'commit', name: 'git', before: 'a', after: 'f' }])).toEqual(['Nothing that runs differs.']);
});
