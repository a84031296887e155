import { expect, test } from 'vitest';
import { judgeModelRows, listRefreshPipelines, planFullRefresh } from './full-refresh.ts';
import { judgeRefresh } from './judge-refresh.ts';
import type { ReleasedDbtModel } from './release.ts';

const model = (name: string, materialized: string, ...reads: readonly string[]): ReleasedDbtModel => ({
  name: name.includes('.') ? name : `model.shop.${name}`,
  checksum: '1',
  materialized,
  dependsOn: reads.map((one) => `model.shop.${one}`),
});

const SHOP = {
  project: 'shop',
  models: [
    model('raw', 'view'),
    model('orders', 'incremental', 'raw'),
    model('cents', 'ephemeral', 'orders'),
    model('lines', 'table', 'cents'),
    model('totals', 'incremental', 'lines'),
    model('report', 'view', 'totals'),
    model('snapshot.shop.history', 'snapshot', 'orders'),
    { ...model('ledger', 'incremental'), isNeverRefreshed: true },
    model('prices.v2', 'table'),
    model('model.other.prices', 'table'),
    model('model.fees.prices', 'table'),
  ],
};

test('A84 a refresh rebuilds what was chosen and what lies between, and builds what reads them', () => {
  expect(planFullRefresh(SHOP, ['totals', 'model.shop.orders', 'orders'])).toEqual({
    refresh: {
      models: ['model.shop.orders', 'model.shop.totals'],
      between: ['model.shop.lines'],
      downstream: ['model.shop.cents', 'model.shop.report', 'snapshot.shop.history'],
    },
  });
  expect(planFullRefresh(SHOP, ['prices.v2'])).toMatchObject({ refresh: { downstream: [] } });
});

test('A84 a name that means no model, or one that dbt does not rebuild, is refused with all others', () => {
  expect(planFullRefresh(SHOP, ['ordres', 'history', 'ledger', 'cents', 'prices', 'model.shop.order', 'raw'])).toEqual({
    problems: [
      { name: 'ordres', why: 'unknown', near: ['orders'] },
      { name: 'history', why: 'history', near: [] },
      { name: 'ledger', why: 'history', near: [] },
      { name: 'cents', why: 'none', near: [] },
      { name: 'prices', why: 'ambiguous', near: ['model.fees.prices', 'model.other.prices'] },
      { name: 'model.shop.order', why: 'unknown', near: ['model.shop.orders'] },
    ],
  });
});

test('A84 what lies between and keeps its rows is refused at once, as what was chosen is', () => {
  const models = [
    model('orders', 'incremental'),
    { ...model('ledger', 'incremental', 'orders'), isNeverRefreshed: true },
    { ...model('snapshot.shop.hist', 'snapshot', 'orders') },
    { ...model('totals', 'table'), dependsOn: ['model.shop.ledger', 'snapshot.shop.hist'] },
  ];
  expect(planFullRefresh({ project: 'shop', models }, ['orders', 'totals'])).toEqual({
    problems: [
      { name: 'model.shop.ledger', why: 'between', near: [] },
      { name: 'snapshot.shop.hist', why: 'between', near: [] },
    ],
  });
  expect(planFullRefresh({ project: 'shop', models }, ['orders'])).toMatchObject({ refresh: { between: [] } });
});

test('A84 names of any script are taken, and those that no list can hold are refused, also between', () => {
  const chain = (...names: readonly string[]) => ({
    project: 'shop',
    models: names.map((name, at) => model(`model.shop.${name}`, 'table', ...names.slice(at - 1, at))),
  });
  expect(planFullRefresh(chain('größe', 'заказы', '-x'), ['größe', '-x'])).toMatchObject({
    refresh: { between: ['model.shop.заказы'] },
  });
  expect(planFullRefresh(chain('a', 'b c', 'd,e', '$f'), ['a', '$f'])).toEqual({
    problems: ['$f', 'b c', 'd,e'].map((name) => ({ name: `model.shop.${name}`, why: 'unlisted', near: [] })),
  });
});

test('A84 a long chain is planned at once: no model is looked at again for each other one', () => {
  const names = Array.from({ length: 20_000 }, (_, at) => `m${at}`);
  const models = names.map((name, at) => model(name, 'table', ...names.slice(Math.max(0, at - 1), at)));
  const start = performance.now();
  const planned = planFullRefresh({ project: 'shop', models }, ['m0', 'm10000']);
  expect(performance.now() - start).toBeLessThan(2_000);
  expect(planned).toMatchObject({ refresh: { between: { length: 9_999 }, downstream: { length: 9_999 } } });
});

test.each([
  ['rebuilt', model('a', 'table')],
  ['rebuilt', model('seed.shop.a', 'seed')],
  ['kept', model('a', 'incremental')],
  ['history', model('snapshot.shop.a', 'snapshot')],
  ['none', model('a', 'ephemeral')],
  ['unknown', { name: 'model.shop.a', checksum: '1', dependsOn: [] }],
] as const)('A84 rows are %s', (rows, one) => {
  expect(judgeModelRows(one)).toBe(rows);
});

test('a pipeline takes models by a parameter fullRefresh that is a list', () => {
  const graph = (pipeline: string, type: 'array' | 'string') => ({
    schemaVersion: 1 as const,
    pipeline,
    description: '',
    tasks: [],
    parameters: { fullRefresh: type === 'array' ? { type, items: { type: 'string' as const } } : { type } },
  });
  const plain = { schemaVersion: 1 as const, pipeline: 'plain', description: '', tasks: [] };
  expect(listRefreshPipelines([graph('b', 'array'), graph('a', 'array'), graph('c', 'string'), plain])).toEqual([
    'a',
    'b',
  ]);
});

test.each([
  ['waiting', { promotion: 'running', isRefused: false, hasRun: false, run: null }],
  ['waiting', { promotion: 'succeeded', isRefused: false, hasRun: false, run: null }],
  ['dropped', { promotion: 'aborted', isRefused: false, hasRun: false, run: null }],
  ['dropped', { promotion: 'errored', isRefused: false, hasRun: false, run: null }],
  ['failed', { promotion: 'succeeded', isRefused: true, hasRun: false, run: null }],
  ['running', { promotion: 'succeeded', isRefused: false, hasRun: true, run: 'queued' }],
  ['failed', { promotion: 'succeeded', isRefused: false, hasRun: true, run: 'cancelled' }],
  ['failed', { promotion: 'succeeded', isRefused: false, hasRun: true, run: 'failed' }],
  ['succeeded', { promotion: 'succeeded', isRefused: false, hasRun: true, run: 'succeeded' }],
  ['unknown', { promotion: 'succeeded', isRefused: false, hasRun: true, run: null }],
] as const)('A84 a refresh is %s', (state, facts) => {
  expect(judgeRefresh(facts)).toBe(state);
});
