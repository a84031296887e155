// Edges that are automatic: what is new comes by itself, once, and a rollback stands.
import {
  AbortPromotion,
  ApplyPolicy,
  DeclareFreeze,
  GetCalendar,
  LiftFreeze,
  ListPromotions,
  OpenPromotion,
  type PromotionView,
  RollBack,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { startWorld, type World } from '../testing/promotion-world.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { loadDesired, recordRelease, waitForPromotion } from '../testing/released.ts';

let w: World;
beforeAll(async () => {
  w = await startWorld();
  const open = {
    soakHours: 0,
    cycles: 0,
    signOffs: {},
    quarantine: null,
    performance: null,
    freeze: null,
    needsRollbackPlan: false,
  };
  await w.administrator.call(ApplyPolicy, {
    body: {
      policy: { schemaVersion: 1, environments: { int: { automatic: true }, prod: { ...open, automatic: true } } },
    },
  });
});
afterAll(() => w.close());

const list = async (environment: string) =>
  (await w.bo.call(ListPromotions, { query: { environment } })).promotions.map(
    ({ release, requestedBy, kind, state }) => `${release.version} ${kind} by ${requestedBy}: ${state}`,
  );
const waitForNewest = (environment: string, version: string): Promise<PromotionView> =>
  waitFor(`${version} to come to ${environment}`, 20_000, async () => {
    const [newest] = (await w.bo.call(ListPromotions, { query: { environment, limit: 1 } })).promotions;
    if (newest?.release.version !== version) throw new Error(JSON.stringify(newest));
    return newest;
  });
const load = async (environment: 'int' | 'prod', version: string) => {
  const { id } = await waitForNewest(environment, version);
  await (environment === 'int' ? loadDesired(w.agent, w.int) : loadDesired(w.prodAgentClient, w.prod));
  return waitForPromotion(w.bo, id, 'succeeded');
};
/** Several looks of the server, after which nothing has come. */
const look = async () => {
  for (const _ of [1, 2, 3])
    await withConnection(w.databaseUrl, (client) =>
      client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']),
    );
};

test('a release that is recorded comes to the first environment, and from there to the next', async () => {
  await recordRelease(w.engineer, 'v1.0.0');
  expect(await load('int', 'v1.0.0')).toMatchObject({
    requestedBy: 'automation',
    note: expect.stringContaining('policy'),
  });
  await load('prod', 'v1.0.0');
  const actors = (await readAuditChain(w.engineer)).flatMap((line) =>
    line.kind === 'entry' && line.action === 'promotion.requested' ? [line.actor] : [],
  );
  expect(actors).toEqual([
    { kind: 'policy', name: 'automation' },
    { kind: 'policy', name: 'automation' },
  ]);
});

test('A83 automation does not undo a rollback, and the next release comes as ever', async () => {
  const second = await recordRelease(w.engineer, 'v2.0.0');
  await load('int', 'v2.0.0');
  await load('prod', 'v2.0.0');
  const body = { from: second.id, reason: 'orders load twice' };
  const { id } = await w.engineer.call(RollBack, { params: { environment: 'int' }, body });
  await loadDesired(w.agent, w.int);
  await waitForPromotion(w.engineer, id, 'succeeded');
  await look();
  await recordRelease(w.engineer, 'v3.0.0');
  await load('int', 'v3.0.0');
  expect(await list('int')).toEqual([
    'v3.0.0 promotion by automation: succeeded',
    'v1.0.0 rollback by erin: succeeded',
    'v2.0.0 promotion by automation: succeeded',
    'v1.0.0 promotion by automation: succeeded',
  ]);
  // What int went back to does not come to prod, which has gone further.
  await load('prod', 'v3.0.0');
  expect((await list('prod')).map((line) => line.split(' ')[0])).toEqual(['v3.0.0', 'v2.0.0', 'v1.0.0']);
});

test('a newer release takes the place of one that automation asked for, and of nothing a person did', async () => {
  await w.engineer.call(DeclareFreeze, { body: { environment: 'int', reason: 'stop the line' } });
  const fourth = await recordRelease(w.engineer, 'v4.0.0');
  const waiting = await waitForNewest('int', 'v4.0.0');
  await recordRelease(w.engineer, 'v5.0.0');
  expect((await waitForNewest('int', 'v5.0.0')).state).toBe('pending');
  expect(await waitForPromotion(w.bo, waiting.id, 'aborted')).toMatchObject({ endCode: 'SUPERSEDED' });
  const own = await w.engineer.call(OpenPromotion, { body: { releaseId: fourth.id, environment: 'int' } });
  await recordRelease(w.engineer, 'v6.0.0');
  await look();
  expect(await waitForNewest('int', 'v4.0.0')).toMatchObject({ id: own.id, state: 'pending' });
  await w.engineer.call(AbortPromotion, { params: { promotionId: own.id }, body: { reason: 'no' } });
  const { id } = await waitForNewest('int', 'v6.0.0');
  const { freezes } = await w.bo.call(GetCalendar, { params: { environment: 'int' } });
  for (const freeze of freezes) await w.engineer.call(LiftFreeze, { params: { freezeId: freeze.id }, body: {} });
  await waitForPromotion(w.bo, id, 'running');
});

test('nobody writes a rollback plan for what comes by itself, so a policy can not want both', async () => {
  const policy = { schemaVersion: 1 as const, environments: { prod: { automatic: true } } };
  await expect(w.administrator.call(ApplyPolicy, { body: { policy } })).rejects.toMatchObject({
    code: 'POLICY_INVALID',
    reason: expect.stringContaining('prod: what is automatic has no rollback plan'),
  });
});
