// What waits while servers are upgraded: a promotion that a version with fewer gates opened.
import { GetPromotion, OpenPromotion } from '@towpath/api';
import { GATES } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { askForProd, deployToInt, listRed, openCalendar, startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';

let w: World;
beforeAll(async () => {
  w = await startWorld();
  await openCalendar(w);
});
afterAll(() => w.close());

/** As an older version left it: it knew these gates, and all of them allowed it. */
const forgetGates = (promotionId: string, gates: readonly string[]) =>
  withConnection(w.databaseUrl, async (client) => {
    await client.query(
      `update promotions set plan = jsonb_set(plan, '{gates}', $2), verdicts = '[]', policy_version = null where id = $1`,
      [promotionId, JSON.stringify(gates)],
    );
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']);
  });

const waitUntilJudged = (promotionId: string) =>
  waitFor('the gates to be asked', 20_000, async () => {
    const promotion = await w.rita.call(GetPromotion, { params: { promotionId } });
    if (promotion.verdicts.length === 0) throw new Error('not yet');
    return promotion;
  });

test('it is asked every gate that the running version knows, and does not go through by those of the older one', async () => {
  const release = await recordRelease(w.engineer, 'v1.0.0');
  await deployToInt(w, release.id);
  const opened = await askForProd(w, release.id);
  await forgetGates(opened.id, ['order', 'rollback-plan']);
  const judged = await waitUntilJudged(opened.id);
  expect(judged.state).toBe('pending');
  expect(listRed(judged)).toEqual(listRed(opened));
  expect(judged.plan.gates).toEqual(GATES.filter((gate) => gate !== 'emergency'));
});

test('an emergency skips what it was asked with, and is asked what is new', async () => {
  const release = await recordRelease(w.engineer, 'v1.0.1');
  await deployToInt(w, release.id);
  const body = {
    releaseId: release.id,
    environment: 'prod',
    rollbackPlan: 'x',
    emergency: { reason: 'trades are lost' },
  };
  const opened = await w.rita.call(OpenPromotion, { body });
  await forgetGates(opened.id, ['order', 'rollback-plan', 'not-before']);
  const judged = await waitUntilJudged(opened.id);
  expect(judged.state).toBe('pending');
  const skipped: readonly string[] = opened.emergency?.skipped ?? [];
  expect(skipped).toContain('soak');
  expect(judged.plan.gates).toEqual(GATES.filter((gate) => !skipped.includes(gate)));
  expect(listRed(judged)).toEqual(['emergency EMERGENCY_UNAPPROVED']);
});
