import { expect, test } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { buildGraph, buildGraphTask, NIGHTLY } from '../graph/testing/build-graph.ts';
import { compareGraphs } from './compare-graphs.ts';

const task = (id: string, changes: Parameters<typeof buildGraphTask>[1] = {}) =>
  buildGraphTask(id, {
    ...{ datakit: { name: 'sqlserver', version: '1.0.0' }, argv: ['ingest-table', id], idempotent: true },
    ...{ retry: { limit: 2, delaySeconds: 1 }, ...changes },
  });

const graph = (tasks: Graph['tasks'], changes: Partial<Graph> = {}) =>
  buildGraph(tasks, { pipeline: 'bronze', ...changes });

const DAILY = { ...NIGHTLY, parameters: { day: 'today' } };

test('tables that a pipeline brings, loses and loads otherwise are its tasks', () => {
  const before = graph([task('customer'), task('orders'), task('products')]);
  const after = graph([task('orders'), task('products', { argv: ['ingest-delta', 'products'] }), task('suppliers')]);
  expect(compareGraphs(before, after)).toEqual([
    { kind: 'task', name: 'bronze/customer', before: 'sqlserver 1.0.0: ingest-table customer', after: null },
    {
      kind: 'task',
      name: 'bronze/products',
      before: 'sqlserver 1.0.0: ingest-table products',
      after: 'sqlserver 1.0.0: ingest-delta products',
    },
    { kind: 'task', name: 'bronze/suppliers', before: null, after: 'sqlserver 1.0.0: ingest-table suppliers' },
  ]);
  expect(compareGraphs(before, before)).toEqual([]);
});

test('of a task that does the same it is told what else differs', () => {
  const before = graph([task('orders', { dependsOn: ['customer'] })]);
  const after = graph([task('orders', { retry: { limit: 3, delaySeconds: 1 }, pool: 'bronze' })]);
  expect(compareGraphs(before, after)).toMatchObject([
    {
      before: 'sqlserver 1.0.0: ingest-table orders; dependsOn ["customer"]; pool –; retry.limit 2',
      after: 'sqlserver 1.0.0: ingest-table orders; dependsOn []; pool "bronze"; retry.limit 3',
    },
  ]);
});

test('what a variable of a task is set to is not told', () => {
  const before = graph([task('orders', { environmentVariables: { REGION: 'north', KEPT: 'x' } })]);
  const after = graph([task('orders', { environmentVariables: { REGION: 'south', KEPT: 'x', NEW: 'y' } })]);
  const [difference] = compareGraphs(before, after);
  expect(difference).toMatchObject({
    before: expect.stringMatching(/; environmentVariables\.NEW –; environmentVariables\.REGION set$/),
    after: expect.stringMatching(/; environmentVariables\.NEW set; environmentVariables\.REGION set otherwise$/),
  });
  expect(JSON.stringify(difference)).not.toMatch(/north|south/);
});

test('schedules are told by pipeline and name; a function is named by where it is', () => {
  const load = {
    ...{ kind: 'function', module: 'pipelines/bronze.ts', export: 'default' },
    ...{ datakit: undefined, argv: undefined },
  } as unknown as Parameters<typeof task>[1];
  const before = graph([], { schedules: [DAILY] });
  const after = graph([task('load', load)], { schedules: [{ ...DAILY, cron: '0 3 * * *', parameters: {} }] });
  expect(compareGraphs(before, after)).toEqual([
    { kind: 'task', name: 'bronze/load', before: null, after: 'function of pipelines/bronze.ts, default' },
    {
      kind: 'schedule',
      name: 'bronze/nightly',
      before: '0 2 * * * Europe/London; parameters.day "today"',
      after: '0 3 * * * Europe/London; parameters.day –',
    },
  ]);
});

test('a pipeline that comes or goes has all of its tasks named', () => {
  expect(compareGraphs(undefined, graph([task('orders')]))).toMatchObject([{ name: 'bronze/orders', before: null }]);
  expect(compareGraphs(graph([task('orders')]), undefined)).toMatchObject([{ name: 'bronze/orders', after: null }]);
  expect(compareGraphs(undefined, undefined)).toEqual([]);
});
