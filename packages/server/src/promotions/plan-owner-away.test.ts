// A79 A85: nobody but the agent that applies an approved plan can say that it was applied.
import {
  CloseSession,
  GetPromotion,
  OpenPromotion,
  ReportDeployPlan,
  SignDeployPlan,
  WatchRelease,
} from '@towpath/api';
import { SHIPPED_POLICY } from '@towpath/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool, withConnection } from '../db/database.ts';
import { startWorld, type World } from '../testing/promotion-world.ts';
import { loadDesired, recordRelease, waitForPromotion } from '../testing/released.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { createHolidayBook } from './holiday-book.ts';
import { insertPolicy } from './operations/insert-policy.ts';
import { reconcilePromotion } from './transactions/reconcile-promotion.ts';

const SHA256 = 'e'.repeat(64);

let w: World;
beforeAll(async () => {
  w = await startWorld();
  const int = { deployPlan: { approvals: { 'release-manager': 1 }, expiresHours: 1 } };
  await withConnection(w.databaseUrl, (client) =>
    insertPolicy(client, { policy: { ...SHIPPED_POLICY, environments: { int } }, by: 'a test' }),
  );
});
afterAll(() => w.close());

test('A79 a promotion waits for the agent that has the approved plan, though it is away and all others have loaded', async () => {
  const other = await openSimulatedAgent(w.clientOf(w.tokens.otherAgent));
  const release = await recordRelease(w.engineer, 'v1.0.0');
  const opened = await w.rita.call(OpenPromotion, { body: { releaseId: release.id, environment: 'int' } });
  const params = { sessionId: w.int.sessionId };
  await w.agent.call(WatchRelease, { params, body: { waitMs: 0, makesDeployPlans: true } });
  const file = { sha256: SHA256, sizeBytes: 1 };
  const body = { promotionId: opened.id, file, output: '+ table', isOutputCut: false, error: null };
  await w.agent.call(ReportDeployPlan, { params, body });
  const word = { sha256: SHA256, decision: 'approved' as const };
  await w.rob.call(SignDeployPlan, { params: { promotionId: opened.id }, body: word });
  await waitForPromotion(w.rita, opened.id, 'running');
  await loadDesired(w.clientOf(w.tokens.otherAgent), other);
  await w.agent.call(CloseSession, { params });
  const pool = openPool(w.databaseUrl);
  await reconcilePromotion(pool, createHolidayBook(), 'int').finally(() => pool.end());
  const seen = await w.rita.call(GetPromotion, { params: { promotionId: opened.id } });
  expect(seen.state).toBe('running');
});
