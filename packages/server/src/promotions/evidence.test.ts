// What gates are judged by comes from what really ran: result documents of attempts, and rollbacks.
import {
  ApplyPolicy,
  CloseSession,
  GetPromotion,
  PlanPromotion,
  type ReleaseView,
  RetryPromotion,
  RollBack,
  type VerdictView,
} from '@towpath/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAdmin } from '../setup.ts';
import { askForProd, deployToInt, listRed, signOff, startWorld, type World } from '../testing/promotion-world.ts';
import { deploy, loadDesired, recordRelease, runDaily, waitForPromotion } from '../testing/released.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';

let w: World;
beforeAll(async () => {
  w = await startWorld();
});
afterAll(() => w.close());

const apply = (prod: object) =>
  w.administrator.call(ApplyPolicy, {
    body: { policy: { schemaVersion: 1, environments: { prod: { freeze: null, ...prod } } } },
  });
const ran = (result: Parameters<typeof runDaily>[3], outcome: 'succeeded' | 'failed' = 'succeeded') =>
  runDaily({ person: w.engineer, agent: w.int }, 'int', outcome, result);
const rows = (rowsQuarantined: number) => ran({ target: 'bronze.orders', rowsLoaded: 9, rowsQuarantined });

describe('A66 quarantined rows', () => {
  let first: ReleaseView;
  let second: ReleaseView;
  const ask = async (releaseId: string): Promise<VerdictView> => {
    const body = { releaseId, environment: 'prod', rollbackPlan: 'x' };
    const { verdicts } = await w.rita.call(PlanPromotion, { body });
    const verdict = verdicts.find(({ gate }) => gate === 'quarantine');
    if (!verdict) throw new Error('the gate was not asked');
    return verdict;
  };
  const say = async (releaseId: string) => {
    const { decision, code, evidence } = await ask(releaseId);
    return [`${decision} ${code}`, evidence.rows];
  };

  beforeAll(async () => {
    await apply({ quarantine: { method: 'max', runs: 3 } });
    [first, second] = [await recordRelease(w.engineer, 'v1.0.0'), await recordRelease(w.engineer, 'v2.0.0')];
    await deployToInt(w, first.id);
  });

  test('that nobody tells, before or since, are no evidence against a release', async () => {
    await ran(null);
    await ran({ other: 'rowsQuarantined', rowsQuarantined: 'many' });
    expect(await say(first.id)).toEqual(['allow QUARANTINE_NEVER_TOLD', {}]);
    await apply({ quarantine: { mustTell: ['daily'] } });
    expect(await say(first.id)).toEqual(['defer QUARANTINE_UNTOLD', { daily: { since: null, baseline: null } }]);
    await apply({ quarantine: { method: 'max', runs: 3 } });
  });

  test('are those that tasks told, of runs since the deployment, against those of the runs before it', async () => {
    for (const count of [9, 2, 4, 3]) await rows(count);
    // One that failed was no whole run: it is no baseline.
    await ran(null, 'failed');
    await deployToInt(w, second.id);
    expect(await say(second.id)).toEqual(['defer QUARANTINE_UNTOLD', { daily: { since: null, baseline: 4 } }]);
    await rows(5);
    expect(await say(second.id)).toEqual(['defer QUARANTINE_ABOVE', { daily: { since: 5, baseline: 4 } }]);
    for (const count of [4, 0, 1]) await rows(count);
    expect(await say(second.id)).toEqual(['allow QUARANTINE_NOT_ABOVE', { daily: { since: 4, baseline: 4 } }]);
    await apply({ quarantine: { method: 'max', runs: 1, mayExceedBy: 0 } });
    expect(await say(second.id)).toEqual(['allow QUARANTINE_NOT_ABOVE', { daily: { since: 1, baseline: 3 } }]);
  });

  test('a document that PostgreSQL would not look into is read all the same', async () => {
    await ran({ 'nul\u0000': '\u0000', rowsQuarantined: 7 });
    expect(await say(second.id)).toEqual(['defer QUARANTINE_ABOVE', { daily: { since: 7, baseline: 3 } }]);
  });

  test('keep a promotion waiting until a run brings them down', async () => {
    await apply({ quarantine: { runs: 1 }, performance: null, soakHours: 0, cycles: 0, signOffs: {} });
    const opened = await askForProd(w, second.id);
    expect(listRed(opened)).toEqual(['quarantine QUARANTINE_ABOVE']);
    await rows(3);
    await waitForPromotion(w.rita, opened.id, 'running');
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, opened.id, 'succeeded');
  });
});

describe('A86 a rehearsal', () => {
  test('is a rollback of the environment before from this very release', async () => {
    await apply({ needsRehearsal: true, soakHours: 0, cycles: 0, signOffs: {}, quarantine: null, performance: null });
    const release = await recordRelease(w.engineer, 'v3.0.0');
    await deployToInt(w, release.id);
    const opened = await askForProd(w, release.id);
    expect(listRed(opened)).toEqual(['rehearsal REHEARSAL_MISSING']);
    const body = { from: release.id, reason: 'rehearsal' };
    const rollback = await w.engineer.call(RollBack, { params: { environment: 'int' }, body });
    expect(listRed(await askForProd(w, release.id))).toEqual(['rehearsal REHEARSAL_MISSING']);
    await loadDesired(w.agent, w.int);
    await waitForPromotion(w.engineer, rollback.id, 'succeeded');
    await waitForPromotion(w.rita, opened.id, 'running');
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, opened.id, 'succeeded');
  });
});

describe('what failed technically', () => {
  test('is asked for again by one word, and only while it is the last one', async () => {
    const release = await recordRelease(w.engineer, 'v4.0.0');
    await deployToInt(w, release.id);
    await apply({ soakHours: 0, cycles: 0, signOffs: {}, quarantine: null, performance: null });
    const failing = await askForProd(w, release.id, { note: 'the note' });
    const params = { promotionId: failing.id };
    await expect(w.rita.call(RetryPromotion, { params })).rejects.toMatchObject({ code: 'PROMOTION_NOT_RETRIABLE' });
    await loadDesired(w.prodAgentClient, w.prod, 'BUNDLE_INVALID');
    await waitForPromotion(w.rita, failing.id, 'errored');
    await loadDesired(w.prodAgentClient, w.prod);
    await expect(w.engineer.call(RetryPromotion, { params })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const retried = await w.rob.call(RetryPromotion, { params });
    expect(retried).toMatchObject({
      ...{ state: 'running', requestedBy: 'rob', note: 'the note', rollbackPlan: failing.rollbackPlan },
      release: { id: release.id },
    });
    expect(await w.rob.call(RetryPromotion, { params })).toMatchObject({ id: retried.id });
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, retried.id, 'succeeded');
    await expect(w.rob.call(RetryPromotion, { params })).rejects.toMatchObject({
      code: 'PROMOTION_NOT_RETRIABLE',
      status: 409,
    });
  });

  test('is a rollback, too', async () => {
    const body = { from: (await recordRelease(w.engineer, 'v4.0.0')).id, reason: 'orders load twice' };
    const failing = await w.rita.call(RollBack, { params: { environment: 'prod' }, body });
    await loadDesired(w.prodAgentClient, w.prod, 'BUNDLE_INVALID');
    await waitForPromotion(w.rita, failing.id, 'errored');
    await loadDesired(w.prodAgentClient, w.prod);
    const retried = await w.rita.call(RetryPromotion, { params: { promotionId: failing.id } });
    expect(retried).toMatchObject({ kind: 'rollback', state: 'running', note: 'orders load twice' });
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, retried.id, 'succeeded');
    // Whoever got no answer asks again, and does not go back once more.
    await expect(w.rita.call(RetryPromotion, { params: { promotionId: failing.id } })).rejects.toMatchObject({
      code: 'PROMOTION_NOT_RETRIABLE',
    });
  });

  test('what an agent said of it the first time counts for nothing the second time', async () => {
    const release = await recordRelease(w.engineer, 'v4.5.0');
    await deployToInt(w, release.id);
    const admin = await openAdmin(w.databaseUrl);
    const client = w.clientOf(await admin.issueAgentCredential({ environment: 'prod', agent: 'other' }));
    await admin.close();
    const other = await openSimulatedAgent(client);
    const failing = await askForProd(w, release.id);
    await loadDesired(w.prodAgentClient, w.prod);
    await loadDesired(client, other, 'BUNDLE_INVALID');
    await waitForPromotion(w.rita, failing.id, 'errored');
    const retried = await w.rita.call(RetryPromotion, { params: { promotionId: failing.id } });
    await loadDesired(client, other);
    expect((await w.rita.call(GetPromotion, { params: { promotionId: retried.id } })).state).toBe('running');
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, retried.id, 'succeeded');
    await client.call(CloseSession, { params: { sessionId: other.sessionId } });
  });
});

describe('a refusal', () => {
  test('A68 ends what agents load already', async () => {
    const release = await recordRelease(w.engineer, 'v4.9.0');
    await deployToInt(w, release.id);
    await apply({ soakHours: 0, cycles: 0, signOffs: {}, quarantine: null, performance: null });
    const running = await askForProd(w, release.id);
    expect(running.state).toBe('running');
    await signOff(w.bo, release.id, 'refused', 'rows are lost');
    expect(await waitForPromotion(w.rita, running.id, 'aborted')).toMatchObject({
      ...{ endCode: 'SIGN_OFF_REFUSED', endReason: 'rows are lost' },
    });
    expect(await loadDesired(w.prodAgentClient, w.prod)).not.toBe(release.id);
  });

  test('A68 has a reason, ends what waits, outlives sign-offs, and is taken back by another word', async () => {
    const release = await recordRelease(w.engineer, 'v5.0.0');
    await deploy({ person: w.engineer, agentClient: w.agent, agent: w.int }, release.id, 'int');
    await apply({ soakHours: 24, cycles: 0, signOffs: {}, quarantine: null, performance: null, signOffDays: 0.01 });
    const waiting = await askForProd(w, release.id);
    expect(waiting.state).toBe('pending');
    await expect(signOff(w.bo, release.id, 'refused', ' ')).rejects.toMatchObject({
      ...{ code: 'NOTE_MISSING', status: 422 },
    });
    await signOff(w.bo, release.id, 'refused', 'rows are lost');
    const ended = await waitForPromotion(w.rita, waiting.id, 'failed');
    expect(ended).toMatchObject({ endCode: 'SIGN_OFF_REFUSED' });
    expect(ended.verdicts.find(({ gate }) => gate === 'sign-offs')?.evidence).toEqual({
      ...{ by: 'bo', role: 'business', note: 'rows are lost' },
    });
    const at = new Date(Date.now() + 30 * 24 * 3600_000).toISOString();
    const body = { releaseId: release.id, environment: 'prod', rollbackPlan: 'x', at };
    expect(listRed(await w.rita.call(PlanPromotion, { body }))).toEqual(['sign-offs SIGN_OFF_REFUSED']);
    await signOff(w.bo, release.id);
    expect(listRed(await w.rita.call(PlanPromotion, { body }))).toEqual([]);
    expect((await w.rita.call(GetPromotion, { params: { promotionId: waiting.id } })).state).toBe('failed');
  });
});
