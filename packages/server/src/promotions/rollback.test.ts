// The way back: what an environment runs after it, what it ends, and that nobody goes back twice.
import {
  DeclareFreeze,
  GetPromotion,
  GiveSignOff,
  PlanRollback,
  type PromotionView,
  type ReleaseView,
  RetryPromotion,
  RollBack,
  StartRun,
} from '@towpath/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askForProd,
  deployToInt,
  makeReady,
  openCalendar,
  startWorld,
  type World,
} from '../testing/promotion-world.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { loadDesired, recordRelease, waitForPromotion } from '../testing/released.ts';

describe('A83 a rollback', () => {
  let w: World;
  const releases: ReleaseView[] = [];
  beforeAll(async () => {
    w = await startWorld();
    await openCalendar(w);
    for (const version of ['v1.0.0', 'v2.0.0']) {
      const release = await recordRelease(w.engineer, version);
      releases.push(release);
      await deployToInt(w, release.id);
      await makeReady(w, release.id);
      const { id } = await askForProd(w, release.id);
      await loadDesired(w.prodAgentClient, w.prod);
      await waitForPromotion(w.rita, id, 'succeeded');
    }
  });
  afterAll(() => w.close());

  const rollBack = (from: string) =>
    w.rita.call(RollBack, { params: { environment: 'prod' }, body: { from, reason: 'orders load twice' } });

  test('returns to the previous good release in a freeze, ends what waits, and its time is measured', async () => {
    await w.rita.call(DeclareFreeze, { body: { environment: 'prod', reason: 'month end' } });
    const third = await recordRelease(w.engineer, 'v3.0.0');
    await deployToInt(w, third.id);
    const waiting = await askForProd(w, third.id);
    const from = releases[1]?.id ?? '';
    expect(await w.bo.call(PlanRollback, { params: { environment: 'prod' }, query: { from } })).toMatchObject({
      ...{ from: { version: 'v2.0.0' }, to: { version: 'v1.0.0' } },
      plan: { gates: [], pipelines: { changed: ['daily'] } },
    });
    const rollback = await rollBack(from);
    expect(rollback).toMatchObject({
      kind: 'rollback',
      state: 'running',
      release: { version: 'v1.0.0' },
      note: 'orders load twice',
      rollsBackFrom: { id: from, version: 'v2.0.0' },
      verdicts: [],
    });
    expect(await w.rita.call(GetPromotion, { params: { promotionId: waiting.id } })).toMatchObject({
      state: 'aborted',
      endCode: 'ROLLED_BACK',
    });
    expect(await rollBack(from)).toMatchObject({ id: rollback.id });
    await loadDesired(w.prodAgentClient, w.prod);
    const { requestedAt, endedAt } = await waitForPromotion(w.rita, rollback.id, 'succeeded');
    expect(Date.parse(endedAt ?? '') - Date.parse(requestedAt)).toBeGreaterThanOrEqual(0);
    // Who did not get the answer asks again, and does not go back twice.
    expect(await rollBack(from)).toMatchObject({ id: rollback.id, state: 'succeeded' });
    await w.rita.call(StartRun, { body: { pipeline: 'daily', environment: 'prod' } });
    expect((await w.prod.claim())[0]?.argv).toEqual(['echo', 'v1.0.0']);
  });

  test('does not go back to what was rolled back from', async () => {
    await expect(rollBack(releases[0]?.id ?? '')).rejects.toMatchObject({ code: 'ROLLBACK_IMPOSSIBLE' });
    await expect(rollBack('f'.repeat(64))).rejects.toMatchObject({ code: 'ROLLBACK_STALE' });
  });

  test('A91 every decision of it all is in the audit, once', async () => {
    const lines = await readAuditChain(w.engineer);
    const actions = lines.flatMap((line) => (line.kind === 'entry' ? [line.action] : []));
    const count = (action: string) => actions.filter((one) => one === action).length;
    expect(count('release.recorded')).toBe(3);
    expect(count('promotion.requested')).toBe(6);
    expect(count('promotion.started')).toBe(6);
    expect(count('release.deployed')).toBe(6);
    expect(count('rollback.requested')).toBe(1);
    expect(count('promotion.aborted')).toBe(1);
    expect(count('sign-off.given')).toBe(6);
    expect(count('freeze.declared')).toBe(1);
    expect(count('policy.applied')).toBe(1);
  });
});

describe('A83 what was refused after it ran', () => {
  let w: World;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    w = await startWorld();
    for (const version of ['v1.0.0', 'v2.0.0', 'v3.0.0']) {
      const { id } = await recordRelease(w.engineer, version);
      ids[version] = id;
      await deployToInt(w, id);
    }
  });
  afterAll(() => w.close());

  const rollBack = (from: string, to?: string): Promise<PromotionView> =>
    w.engineer.call(RollBack, {
      params: { environment: 'int' },
      body: { from: ids[from] ?? '', to: to && (ids[to] ?? 'f'.repeat(64)), reason: 'orders load twice' },
    });
  const refuse = (version: string) =>
    w.bo.call(GiveSignOff, {
      body: { releaseId: ids[version] ?? '', environment: 'int', decision: 'refused', note: 'rows are lost' },
    });
  const load = async ({ id }: PromotionView) => {
    await loadDesired(w.agent, w.int);
    await waitForPromotion(w.engineer, id, 'succeeded');
  };

  test('is no previous good release', async () => {
    await refuse('v2.0.0');
    const back = await rollBack('v3.0.0');
    expect(back.release.version).toBe('v1.0.0');
    // Another target than the one that is under way is another wish.
    await expect(rollBack('v3.0.0', 'v2.0.0')).rejects.toMatchObject({ code: 'PROMOTION_RUNNING' });
    await load(back);
    await expect(rollBack('v3.0.0', 'v2.0.0')).rejects.toMatchObject({ code: 'ROLLBACK_STALE' });
    expect((await rollBack('v3.0.0', 'v1.0.0')).id).toBe(back.id);
  });

  test('is gone back to by who names it, with a reason, and the audit says that it is refused', async () => {
    await expect(rollBack('v1.0.0')).rejects.toMatchObject({ code: 'ROLLBACK_IMPOSSIBLE' });
    await expect(rollBack('v1.0.0', 'v9')).rejects.toMatchObject({ code: 'ROLLBACK_IMPOSSIBLE' });
    const named = await rollBack('v1.0.0', 'v2.0.0');
    expect(named).toMatchObject({ kind: 'rollback', release: { version: 'v2.0.0' } });
    await load(named);
    const lines = await readAuditChain(w.administrator);
    const asked = lines.flatMap((line) =>
      line.kind === 'entry' && line.action === 'rollback.requested' ? [line] : [],
    );
    expect(asked.map(({ details }) => details.isRefused ?? false)).toEqual([false, true]);
  });

  test('is not gone back to by a retry', async () => {
    await deployToInt(w, ids['v1.0.0'] ?? '');
    const broken = await rollBack('v1.0.0', 'v2.0.0');
    await loadDesired(w.agent, w.int, 'BROKEN');
    await waitForPromotion(w.engineer, broken.id, 'errored');
    await expect(
      w.engineer.call(RetryPromotion, { params: { promotionId: broken.id }, body: {} }),
    ).rejects.toMatchObject({ code: 'ROLLBACK_IMPOSSIBLE' });
  });
});
