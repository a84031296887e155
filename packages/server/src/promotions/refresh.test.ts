// A84: a rollback that makes dbt models anew: what may be chosen, that one run does it after the release was loaded, and how it went.
import {
  type Client,
  CreateRelease,
  GetPromotion,
  GetRun,
  ListRuns,
  PlanRollback,
  type PromotionView,
  RetryPromotion,
  RollBack,
} from '@towpath/api';
import type { Graph } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPool, withConnection } from '../db/database.ts';
import { buildGraph, buildTask } from '../testing/builders.ts';
import { deployToInt, startWorld, type World } from '../testing/promotion-world.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { buildRelease, loadDesired, waitForPromotion } from '../testing/released.ts';
import { startRefresh } from './transactions/start-refresh.ts';

const ORDERS = 'model.shop.orders';

const model = (name: string, materialized: string, ...reads: readonly string[]) => ({
  name,
  checksum: 'a'.repeat(64),
  dependsOn: [...reads],
  materialized,
});

const toLink = (at: number): string => `model.shop.${'l'.repeat(400)}${at}`;

const MODELS = [
  model(ORDERS, 'incremental'),
  model('model.shop.lines', 'table', ORDERS),
  model('model.shop.totals', 'incremental', 'model.shop.lines'),
  model('model.shop.report', 'view', 'model.shop.totals'),
  // A chain whose ids are more than a run's parameters hold.
  ...Array.from({ length: 200 }, (_, at) => model(toLink(at), 'table', ...(at > 0 ? [toLink(at - 1)] : []))),
  { ...model('model.shop.ledger', 'incremental', ORDERS), isNeverRefreshed: true },
  model('model.shop.balance', 'table', 'model.shop.ledger'),
];

const transform = (name: string): Graph => ({
  ...buildGraph(name, [buildTask('dbt', { argv: ['dbt', '{{ parameters.fullRefresh }}'] })]),
  parameters: { fullRefresh: { type: 'array', items: { type: 'string' }, default: [] } },
});

async function record(
  client: Client,
  version: string,
  graphs: readonly Graph[] = [transform('transform')],
): Promise<string> {
  const body = {
    ...buildRelease(version, version, [...graphs, buildGraph('daily', [buildTask('load')])]),
    dbt: { project: 'shop', models: MODELS },
  };
  return (await client.call(CreateRelease, { body })).release.id;
}

const rollBack = (w: World, from: string, models: readonly string[] | undefined, more: object = {}) =>
  w.engineer.call(RollBack, {
    params: { environment: 'int' },
    body: {
      ...{ from, reason: 'orders are doubled', ...more },
      fullRefresh: models && { models: [...models], ...more },
    },
  });

const waitForRefresh = (w: World, { id }: PromotionView, state: string) =>
  waitFor(`refresh to be ${state}`, 20_000, async () => {
    const { refresh } = await w.bo.call(GetPromotion, { params: { promotionId: id } });
    if (refresh?.state !== state) throw new Error(JSON.stringify(refresh));
    return refresh;
  });

describe('A84 a rollback with a full refresh', () => {
  let w: World;
  const ids: string[] = [];
  let back: PromotionView;
  beforeAll(async () => {
    w = await startWorld();
    for (const version of ['v1.0.0', 'v2.0.0']) {
      const id = await record(w.engineer, version);
      ids.push(id);
      await deployToInt(w, id);
    }
  });
  afterAll(() => w.close());

  const from = () => ids.at(-1) ?? '';
  const listRuns = async () =>
    (await w.bo.call(ListRuns, { query: { pipeline: 'transform', environment: 'int' } })).runs;

  test('A84 says first what would be made anew, and refuses what can not be', async () => {
    const params = { environment: 'int' };
    const planned = await w.bo.call(PlanRollback, { params, query: { from: from(), fullRefresh: 'orders,totals' } });
    expect(planned).toMatchObject({
      refreshPipelines: ['transform'],
      refresh: {
        pipeline: 'transform',
        models: [ORDERS, 'model.shop.totals'],
        between: ['model.shop.lines'],
        downstream: ['model.shop.balance', 'model.shop.ledger', 'model.shop.report'],
      },
    });
    await expect(rollBack(w, from(), ['ordres'])).rejects.toMatchObject({
      code: 'REFRESH_MODEL_INVALID',
      fix: 'Did you mean orders?',
    });
    await expect(rollBack(w, from(), ['orders', 'balance'])).rejects.toMatchObject({
      code: 'REFRESH_MODEL_INVALID',
      reason: expect.stringContaining('model.shop.ledger lies between'),
    });
    await expect(rollBack(w, from(), [toLink(0), toLink(199)])).rejects.toMatchObject({
      code: 'REFRESH_TOO_LARGE',
      message: '2 models of v1.0.0, and 198 that lie between, are more than one run takes.',
    });
    await expect(
      w.engineer.call(RollBack, {
        params,
        body: { from: from(), reason: 'x', fullRefresh: { models: ['orders'], pipeline: 'daily' } },
      }),
    ).rejects.toMatchObject({ code: 'REFRESH_PIPELINE_UNCLEAR' });
    expect(await listRuns()).toEqual([]);
  });

  test('A84 starts one run when the release is loaded, with what was chosen; the rollback does not wait for it', async () => {
    back = await rollBack(w, from(), ['orders', 'totals']);
    expect(back).toMatchObject({ state: 'running', refresh: { state: 'waiting', run: null } });
    expect(await listRuns()).toEqual([]);
    await expect(rollBack(w, from(), ['orders'])).rejects.toMatchObject({ code: 'PROMOTION_RUNNING' });
    await loadDesired(w.agent, w.int);
    await waitForPromotion(w.engineer, back.id, 'succeeded');
    const { run } = await waitForRefresh(w, back, 'running');
    const detail = await w.bo.call(GetRun, { params: { runId: run?.id ?? '' } });
    expect(detail).toMatchObject({
      number: run?.number,
      createdBy: back.requestedBy,
      parameters: { fullRefresh: ['model.shop.lines', ORDERS, 'model.shop.totals'] },
      note: 'Full refresh after the rollback to v1.0.0: orders are doubled',
    });
    // Who did not get the answer asks again; another choice comes too late.
    expect((await rollBack(w, from(), ['totals', ORDERS])).id).toBe(back.id);
    await expect(rollBack(w, from(), ['orders'])).rejects.toMatchObject({ code: 'REFRESH_TOO_LATE' });
  });

  test('A84 has no second run, however many servers start it at once', async () => {
    const pool = openPool(w.databaseUrl);
    try {
      await pool.query('update refreshes set run_id = null');
      const due = { promotionId: back.id, environment: 'int' };
      await Promise.all([1, 2, 3, 4, 5].map(() => startRefresh(pool, due)));
    } finally {
      await pool.end();
    }
    // The one that was forgotten, and one.
    expect(await listRuns()).toHaveLength(2);
  });

  test('A84 is told as failed when its run fails, though the environment is back', async () => {
    const grants = await w.int.claim();
    expect(grants[0]?.argv).toEqual(['dbt', `model.shop.lines,${ORDERS},model.shop.totals`]);
    await w.int.start(grants);
    await w.int.finish(grants, { outcome: 'failed', exitCode: 1 });
    await waitForRefresh(w, back, 'failed');
    expect(await w.bo.call(GetPromotion, { params: { promotionId: back.id } })).toMatchObject({ state: 'succeeded' });
  });

  test('A91 choice and start are in the audit', async () => {
    const lines = (await readAuditChain(w.administrator)).flatMap((line) => (line.kind === 'entry' ? [line] : []));
    expect(lines.find(({ action }) => action === 'rollback.requested')?.details).toMatchObject({
      fullRefresh: { pipeline: 'transform', models: [ORDERS, 'model.shop.totals'], between: ['model.shop.lines'] },
    });
    const starts = lines.filter(({ action }) => action === 'run.started');
    expect(starts[0]?.details).toMatchObject({ promotion: back.id, pipeline: 'transform' });
  });
});

describe('A84 a full refresh that comes to nothing', () => {
  let w: World;
  beforeAll(async () => {
    w = await startWorld();
  });
  afterAll(() => w.close());

  const bringIn = async (version: string, graphs?: readonly Graph[]) => {
    const id = await record(w.engineer, version, graphs);
    await deployToInt(w, id);
    return id;
  };

  test('A84 no pipeline, or several, is refused at once; one of several is named', async () => {
    await bringIn('v1.0.0', []);
    const second = await bringIn('v2.0.0', [transform('a'), transform('b')]);
    await expect(rollBack(w, second, ['orders'])).rejects.toMatchObject({
      code: 'REFRESH_PIPELINE_UNCLEAR',
      message: 'No pipeline of v1.0.0 makes models anew on demand.',
    });
    const third = await bringIn('v3.0.0');
    await expect(rollBack(w, third, ['orders'])).rejects.toMatchObject({ code: 'REFRESH_PIPELINE_UNCLEAR' });
    const body = { from: third, reason: 'x', fullRefresh: { models: ['orders'], pipeline: 'b' } };
    const back = await w.engineer.call(RollBack, { params: { environment: 'int' }, body });
    expect(back.refresh).toMatchObject({ pipeline: 'b', state: 'waiting' });
    // It fails technically; a retry keeps the choice.
    await loadDesired(w.agent, w.int, 'BROKEN');
    const broken = await waitForPromotion(w.engineer, back.id, 'errored');
    expect(broken.refresh).toMatchObject({ state: 'dropped' });
    const again = await w.engineer.call(RetryPromotion, { params: { promotionId: back.id }, body: {} });
    expect(again.refresh).toMatchObject({ pipeline: 'b', models: [ORDERS], state: 'waiting' });
    await loadDesired(w.agent, w.int);
    await waitForRefresh(w, again, 'running');
  });

  test('A84 a release without models is refused', async () => {
    const { release } = await w.engineer.call(CreateRelease, { body: buildRelease('v4.0.0') });
    await deployToInt(w, release.id);
    const fifth = await bringIn('v5.0.0');
    await expect(rollBack(w, fifth, ['orders'])).rejects.toMatchObject({ code: 'REFRESH_MODELS_MISSING' });
  });

  test('A84 an environment that has gone on meanwhile is not touched, and the rollback says so', async () => {
    const sixth = await bringIn('v6.0.0');
    const back = await rollBack(w, sixth, ['orders']);
    await loadDesired(w.agent, w.int);
    await waitForRefresh(w, back, 'running');
    await bringIn('v7.0.0');
    await withConnection(w.databaseUrl, (client) =>
      client.query('update refreshes set run_id = null where promotion_id = $1', [back.id]),
    );
    const pool = openPool(w.databaseUrl);
    await startRefresh(pool, { promotionId: back.id, environment: 'int' }).finally(() => pool.end());
    expect(await waitForRefresh(w, back, 'failed')).toMatchObject({
      problem: { code: 'REFRESH_OVERTAKEN' },
      run: null,
    });
  });
});
