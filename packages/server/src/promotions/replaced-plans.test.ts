// A79: plans that take the place of others: loudly, not without end, and by the rules of now.
import {
  ApplyPolicy,
  GetPromotion,
  ListAudit,
  ListDeployPlans,
  OpenPromotion,
  ReportDeployPlan,
  SignDeployPlan,
  WatchRelease,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';

let w: World;
let promotionId: string;
beforeAll(async () => {
  w = await startWorld();
  await applyPolicy(24);
  const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
  ({ id: promotionId } = await w.rita.call(OpenPromotion, { body: { releaseId, environment: 'int' } }));
});
afterAll(() => w.close());

const applyPolicy = (expiresHours: number) =>
  w.administrator.call(ApplyPolicy, {
    body: {
      policy: {
        schemaVersion: 1,
        environments: { int: { deployPlan: { approvals: { engineer: 1, 'release-manager': 1 }, expiresHours } } },
      },
    },
  });

const sha = (n: number) => n.toString(16).padStart(64, '0');
const report = (n: number) =>
  w.agent.call(ReportDeployPlan, {
    params: { sessionId: w.int.sessionId },
    body: { promotionId, file: { sha256: sha(n), sizeBytes: 1 }, output: '', isOutputCut: false, error: null },
  });
const findGate = async () => {
  const { verdicts } = await w.rita.call(GetPromotion, { params: { promotionId } });
  return verdicts.find(({ gate }) => gate === 'deploy-plan');
};

describe('A79 a plan that takes the place of an approved one', () => {
  test('voids the approval where everybody sees it, with one entry in the audit', async () => {
    const params = { sessionId: w.int.sessionId };
    await w.agent.call(WatchRelease, { params, body: { waitMs: 0, makesDeployPlans: true } });
    await report(1);
    await w.eva.call(SignDeployPlan, { params: { promotionId }, body: { sha256: sha(1), decision: 'approved' } });
    await report(2);
    await waitFor('the gate to say so', 20_000, async () => {
      expect(await findGate()).toMatchObject({
        code: 'DEPLOY_PLAN_UNAPPROVED',
        evidence: { sha256: sha(2), voided: { sha256: sha(1), people: ['eva'] } },
      });
      return true;
    });
    const { plans } = await w.rita.call(ListDeployPlans, { params: { promotionId } });
    expect(plans[1]).toMatchObject({
      withdrawnWhy: 'Another plan took its place, made by first. What eva said of it is void.',
    });
    const entries = await waitFor('the audit to be linked', 20_000, async () => {
      const query = { action: 'deploy-plan.withdrawn', limit: 10 } as const;
      const listed = await w.administrator.call(ListAudit, { query });
      return listed.entries.length > 0 && listed.entries;
    });
    expect(entries).toMatchObject([{ details: { sha256: sha(1), people: ['eva'], by: sha(2) } }]);
  });

  test('comes twenty times an hour at most, and the last one counts on', async () => {
    for (let n = 3; n <= 20; n += 1) await report(n);
    await expect(report(21)).rejects.toMatchObject({
      ...{ status: 429, code: 'DEPLOY_PLANS_TOO_MANY' },
      fix: expect.stringMatching(/taken again from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z on\.$/),
    });
    await report(20);
    const { plans } = await w.rita.call(ListDeployPlans, { params: { promotionId } });
    expect(plans.filter(({ withdrawnAt }) => withdrawnAt === null)).toMatchObject([{ sha256: sha(20) }]);
    await withConnection(w.databaseUrl, (client) =>
      client.query(`update deploy_plans set made_at = made_at - interval '61 minutes'`),
    );
    await report(21);
  });

  test('takes the place of one that has expired as often as that happens', async () => {
    for (let n = 22; n <= 44; n += 1) {
      await withConnection(w.databaseUrl, (client) =>
        client.query('update deploy_plans set expires_at = clock_timestamp() where withdrawn_at is null'),
      );
      await report(n);
    }
    const { plans } = await w.rita.call(ListDeployPlans, { params: { promotionId } });
    expect(plans[0]).toMatchObject({ sha256: sha(44), withdrawnAt: null });
  });

  test('expires by a rule that became shorter since, and its agent makes another; a rule put right gives the time back', async () => {
    await withConnection(w.databaseUrl, (client) =>
      client.query(`update deploy_plans set made_at = made_at - interval '2 hours'`),
    );
    const watch = () =>
      w.agent.call(WatchRelease, {
        params: { sessionId: w.int.sessionId },
        body: { waitMs: 0, makesDeployPlans: true },
      });
    const readCurrent = async () => (await w.rita.call(ListDeployPlans, { params: { promotionId } })).plans[0];
    const waitForCode = (code: string) =>
      waitFor(`the gate to say ${code}`, 20_000, async () => (await findGate())?.code === code);
    await applyPolicy(1);
    await waitForCode('DEPLOY_PLAN_EXPIRED');
    expect(await watch()).toMatchObject({ wantedPlan: { sha256: null } });
    const { madeAt = '', expiresAt = '', id } = (await readCurrent()) ?? {};
    expect(Date.parse(expiresAt) - Date.parse(madeAt)).toBe(3600_000);
    const signing = { params: { promotionId }, body: { sha256: sha(44), decision: 'approved' as const } };
    await expect(w.eva.call(SignDeployPlan, signing)).rejects.toMatchObject({ code: 'DEPLOY_PLAN_STALE' });
    await applyPolicy(24);
    await waitForCode('DEPLOY_PLAN_UNAPPROVED');
    expect(await watch()).toMatchObject({ wantedPlan: { sha256: sha(44) } });
    await w.eva.call(SignDeployPlan, signing);
    await applyPolicy(1);
    await waitForCode('DEPLOY_PLAN_EXPIRED');
    await report(44);
    await waitForCode('DEPLOY_PLAN_UNAPPROVED');
    expect(await readCurrent()).toMatchObject({
      sha256: sha(44),
      id: expect.not.stringMatching(id ?? ''),
      signOffs: [],
    });
  });
});
