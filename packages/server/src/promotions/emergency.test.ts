// A70: the way of an emergency, through the API: who lets it through, what it skips, when it is over, and what is kept of it.
import {
  ApplyPolicy,
  DeclareFreeze,
  GetBoard,
  GetPromotion,
  GiveSignOff,
  PlanPromotion,
  type PromotionView,
  type ReleaseView,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { askForProd, deployToInt, listRed, signOff, startWorld, type World } from '../testing/promotion-world.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { loadDesired, recordRelease, waitForPromotion } from '../testing/released.ts';

const SKIPPED = ['rehearsal', 'soak', 'cycles', 'quarantine', 'performance', 'sign-offs', 'window', 'freeze'];

describe('A70 an emergency', () => {
  let w: World;
  let release: ReleaseView;
  beforeAll(async () => {
    w = await startWorld();
    await w.rita.call(DeclareFreeze, { body: { environment: 'prod', reason: 'month end' } });
    release = await recordRelease(w.engineer, 'v1.0.0');
  });
  afterAll(() => w.close());

  const emergency = { reason: 'trades are lost' };
  const ask = (more: object = {}) => askForProd(w, release.id, { emergency, ...more });
  const seeAgain = ({ id }: PromotionView) => w.rita.call(GetPromotion, { params: { promotionId: id } });
  /** Lets it expire in a second: the server has to look at it then by itself, long before it would otherwise. */
  const expireSoon = (promotionId: string) =>
    withConnection(w.databaseUrl, async (client) => {
      const expiresAt = new Date(Date.now() + 1000).toISOString();
      await client.query(
        `update promotions set emergency = jsonb_set(emergency, '{expiresAt}', to_jsonb($2::text)) where id = $1`,
        [promotionId, expiresAt],
      );
      await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']);
    });

  test('A71 does not skip the order of environments', async () => {
    expect(await ask()).toMatchObject({ state: 'failed', endCode: 'ORDER_SKIPPED' });
    await deployToInt(w, release.id);
  });

  test('A86 is none without a rollback plan', async () => {
    expect(await ask({ rollbackPlan: ' ' })).toMatchObject({ state: 'failed', endCode: 'ROLLBACK_PLAN_MISSING' });
  });

  test('is asked for by who may promote, and foreseen by anybody', async () => {
    await expect(
      w.engineer.call(PlanPromotion, {
        body: { releaseId: release.id, environment: 'prod', emergency: { reason: '' } },
      }),
    ).rejects.toMatchObject({ status: 400 });
    const body = { releaseId: release.id, environment: 'prod', rollbackPlan: 'x', emergency };
    const planned = await w.bo.call(PlanPromotion, { body });
    expect(planned).toMatchObject({
      decision: 'defer',
      emergency: { reason: 'trades are lost', skipped: SKIPPED },
      plan: {
        gates: [
          'order',
          'checks',
          'incidents',
          'change',
          'confirmations',
          'parity',
          'deploy-plan',
          'rollback-plan',
          'not-before',
          'emergency',
        ],
      },
    });
    expect(listRed(planned)).toEqual(['emergency EMERGENCY_UNAPPROVED']);
  });

  test('waits for the VP and for somebody on call, in a freeze, and is shown as what it is', async () => {
    const opened = await ask();
    expect(opened).toMatchObject({ state: 'pending', emergency: { reason: 'trades are lost', skipped: SKIPPED } });
    expect(Date.parse(opened.emergency?.expiresAt ?? '') - Date.parse(opened.requestedAt)).toBeGreaterThan(
      3.9 * 3600_000,
    );
    expect(await ask()).toMatchObject({ id: opened.id });
    const board = await w.bo.call(GetBoard);
    expect(board.rows.find(({ environment }) => environment === 'prod')?.promotion?.emergency).toEqual(
      opened.emergency,
    );
    await signOff(w.vera, release.id);
    expect((await seeAgain(opened)).state).toBe('pending');
    const { expiresAt, role } = await signOff(w.otto, release.id);
    expect([role, expiresAt > opened.requestedAt]).toEqual(['on-call', true]);
    await waitForPromotion(w.rita, opened.id, 'running');
    await loadDesired(w.prodAgentClient, w.prod);
    const done = await waitForPromotion(w.rita, opened.id, 'succeeded');
    expect(done.verdicts.find(({ gate }) => gate === 'emergency')).toMatchObject({
      decision: 'allow',
      evidence: { given: { vp: ['vera'], 'on-call': ['otto'] } },
    });
  });

  test('A91 is in the audit with its reason, what it skips and who let it through', async () => {
    const lines = await readAuditChain(w.engineer);
    const entries = lines.flatMap((line) => (line.kind === 'entry' ? [line] : []));
    const asked = entries.filter(({ action }) => action === 'emergency.requested');
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)).toMatchObject({ why: 'trades are lost', details: { skipped: SKIPPED } });
    const started = entries.findLast(({ action }) => action === 'promotion.started');
    expect(started?.details).toMatchObject({ emergency: { reason: 'trades are lost', skipped: SKIPPED } });
    const signed = entries.filter(({ action }) => action === 'sign-off.given').map(({ actor }) => actor.name);
    expect(signed).toEqual(['vera', 'otto']);
  });

  test('approves nothing for another release, and is over when its time is', async () => {
    const next = await recordRelease(w.engineer, 'v1.0.1');
    await deployToInt(w, next.id);
    const opened = await askForProd(w, next.id, { emergency });
    expect(listRed(opened)).toEqual(['emergency EMERGENCY_UNAPPROVED']);
    await expireSoon(opened.id);
    expect(await waitForPromotion(w.rita, opened.id, 'failed')).toMatchObject({ endCode: 'EMERGENCY_EXPIRED' });
    await signOff(w.vera, next.id);
    await signOff(w.otto, next.id);
    expect(await seeAgain(opened)).toMatchObject({ state: 'failed' });
    // What was said about that one says nothing about the next.
    const again = await askForProd(w, next.id, { emergency });
    expect(again.verdicts.find(({ gate }) => gate === 'emergency')?.evidence.missing).toEqual({ vp: 1, 'on-call': 1 });
    await w.vera.call(GiveSignOff, {
      body: { releaseId: next.id, environment: 'prod', decision: 'refused', note: 'not like this' },
    });
    expect(await waitForPromotion(w.rita, again.id, 'failed')).toMatchObject({ endCode: 'SIGN_OFF_REFUSED' });
  });

  test('skips only what the policy names, and is no way where it names none', async () => {
    const apply = (prod: object) =>
      w.administrator.call(ApplyPolicy, { body: { policy: { schemaVersion: 1, environments: { prod } } } });
    await expect(apply({ emergency: { skips: ['order'], approvals: { vp: 1 } } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(apply({ emergency: { skips: [], approvals: { vp: 0 } } })).rejects.toMatchObject({
      code: 'POLICY_INVALID',
    });
    await apply({ emergency: { skips: ['soak'], approvals: { vp: 1 }, expiresHours: 1 } });
    const third = await recordRelease(w.engineer, 'v1.0.2');
    await deployToInt(w, third.id);
    const opened = await askForProd(w, third.id, { emergency });
    expect(opened.emergency?.skipped).toEqual(['soak']);
    expect(listRed(opened)).toEqual([
      'cycles CYCLES_MISSING',
      'sign-offs SIGN_OFFS_MISSING',
      'freeze CALENDAR_FROZEN',
      'emergency EMERGENCY_UNAPPROVED',
    ]);
    await apply({ emergency: null });
    await waitFor('the emergency to be denied', 20_000, async () => (await seeAgain(opened)).state === 'failed');
    expect(await seeAgain(opened)).toMatchObject({ endCode: 'EMERGENCY_NOT_ALLOWED' });
    expect(await askForProd(w, third.id, { emergency })).toMatchObject({ endCode: 'EMERGENCY_NOT_ALLOWED' });
  });
});
