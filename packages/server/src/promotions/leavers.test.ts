// People whose access is revoked: what they signed counts no more, and what they refused is lifted by others.
import {
  AbortPromotion,
  GetPromotion,
  LiftRefusal,
  ListSignOffs,
  ListTokens,
  type PromotionView,
  type ReleaseView,
  RevokePerson,
  RevokeToken,
  type SignOffView,
} from '@towpath/api';
import { SHIPPED_POLICY } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockHolder } from '../access/operations/lock-holder.ts';
import { revokeAccess } from '../access/operations/revoke-access.ts';
import { openPool, withConnection } from '../db/database.ts';
import { openAdmin } from '../setup.ts';
import {
  askForProd,
  deployToInt,
  makeReady,
  openCalendar,
  signOff,
  startWorld,
  type World,
} from '../testing/promotion-world.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { loadDesired, recordRelease, waitForPromotion } from '../testing/released.ts';
import { createHolidayBook } from './holiday-book.ts';
import { insertPolicy } from './operations/insert-policy.ts';
import { reconcilePromotion } from './transactions/reconcile-promotion.ts';

let w: World;
let release: ReleaseView;
beforeAll(async () => {
  w = await startWorld();
  await openCalendar(w);
  release = await recordRelease(w.engineer, 'v1.0.0');
  await deployToInt(w, release.id);
});
afterAll(() => w.close());

const revoke = (name: string) =>
  w.administrator.call(RevokePerson, { params: { name }, body: { reason: 'left the team' } });

async function comeBack(name: string, role: 'business' | 'engineer') {
  const admin = await openAdmin(w.databaseUrl);
  const client = w.clientOf(await admin.issueAccessToken({ name, role }));
  await admin.close();
  return client;
}

const findGate = ({ verdicts }: PromotionView, name: string) => verdicts.find(({ gate }) => gate === name);

describe('A68 a sign-off of somebody whose access was revoked since', () => {
  let opened: PromotionView;

  test('counts no more, and the verdict says whose and since when, without anybody asking', async () => {
    await makeReady(w, release.id);
    await revoke('eva');
    opened = await askForProd(w, release.id);
    expect(findGate(opened, 'sign-offs')).toMatchObject({
      decision: 'defer',
      code: 'SIGN_OFFS_MISSING',
      evidence: { missing: { engineer: 1 }, accessRevoked: { eva: expect.stringMatching(/^\d{4}-/) } },
    });
    await revoke('bo');
    await waitFor('the gate to be asked again', 20_000, async () => {
      const seen = await w.rita.call(GetPromotion, { params: { promotionId: opened.id } });
      expect(findGate(seen, 'sign-offs')?.evidence).toMatchObject({
        missing: { business: 1, engineer: 1 },
        accessRevoked: { bo: expect.any(String), eva: expect.any(String) },
      });
      return true;
    });
  });

  test('is one of a list that says so, and counts when it is given anew by who came back', async () => {
    const { signOffs } = await w.rita.call(ListSignOffs, { query: { releaseId: release.id } });
    const gone = signOffs.filter(({ accessRevokedAt }) => accessRevokedAt !== null).map(({ person }) => person);
    expect(gone.sort()).toEqual(['bo', 'eva']);
    await signOff(await comeBack('eva', 'engineer'), release.id);
    await signOff(await comeBack('bo', 'business'), release.id);
    await waitForPromotion(w.rita, opened.id, 'running');
    await loadDesired(w.prodAgentClient, w.prod);
    await waitForPromotion(w.rita, opened.id, 'succeeded');
  });
});

test('A68 who has no valid way in any more is revoked all the same, with an entry in the audit', async () => {
  const admin = await openAdmin(w.databaseUrl);
  const kim = w.clientOf(await admin.issueAccessToken({ name: 'kim', role: 'business' }));
  await signOff(kim, release.id);
  const { tokens } = await w.administrator.call(ListTokens);
  const id = tokens.find(({ name }) => name === 'kim')?.id ?? '';
  await w.administrator.call(RevokeToken, { params: { tokenId: id }, body: {} });
  await admin.close();
  expect(await revoke('kim')).toMatchObject({ tokens: 0, sessions: 0, links: 0 });
  const { signOffs } = await w.rita.call(ListSignOffs, { query: { releaseId: release.id } });
  expect(signOffs.find(({ person }) => person === 'kim')).toMatchObject({ accessRevokedAt: expect.any(String) });
  await expect(revoke('kim')).rejects.toMatchObject({ code: 'TOKEN_UNKNOWN' });
});

test('A68 a word that is under way while access is revoked is not taken', async () => {
  const zoe = await comeBack('zoe', 'business');
  await withConnection(w.databaseUrl, async (client) => {
    await client.query('begin');
    await lockHolder(client, 'zoe');
    const given = Promise.allSettled([signOff(zoe, release.id)]);
    await waitFor('the word to wait', 10_000, async () => {
      const { rows } = await client.query(`select from pg_locks where locktype = 'advisory' and not granted`);
      return rows.length > 0;
    });
    await revokeAccess(client, 'zoe');
    await client.query('commit');
    expect(await given).toMatchObject([{ status: 'rejected', reason: { code: 'AUTHENTICATION_REQUIRED' } }]);
  });
  const { signOffs } = await w.rita.call(ListSignOffs, { query: { releaseId: release.id } });
  expect(signOffs.map(({ person }) => person)).not.toContain('zoe');
});

test('A68 a revocation that is under way is waited for: nothing begins by a word that is just ending', async () => {
  const next = await recordRelease(w.engineer, 'v1.0.2');
  await deployToInt(w, next.id);
  for (const client of [await comeBack('ned', 'engineer'), await comeBack('ben', 'business'), w.rob])
    await signOff(client, next.id);
  const { id: promotionId } = await askForProd(w, next.id);
  const prod = { soakHours: 0, cycles: 0, quarantine: null, performance: null, freeze: null };
  const pool = openPool(w.databaseUrl);
  try {
    await withConnection(w.databaseUrl, async (client) => {
      await client.query('begin');
      await lockHolder(client, 'ned');
      await revokeAccess(client, 'ned');
      // What it waits for is there from now on: also a look of the server's own, late or by its clock, waits for the revocation.
      await insertPolicy(pool, { policy: { ...SHIPPED_POLICY, environments: { prod } }, by: 'a test' });
      const looked = reconcilePromotion(pool, createHolidayBook(), 'prod');
      await waitFor('the look to wait', 10_000, async () => {
        const { rows } = await pool.query(`select from pg_locks where locktype = 'advisory' and not granted`);
        return rows.length > 0;
      });
      await client.query('commit');
      await looked;
    });
  } finally {
    await pool.end();
  }
  const seen = await w.rita.call(GetPromotion, { params: { promotionId } });
  expect(seen.state).toBe('pending');
  expect(findGate(seen, 'sign-offs')?.evidence).toMatchObject({
    missing: { engineer: 1 },
    accessRevoked: { ned: expect.any(String) },
  });
  await w.rita.call(AbortPromotion, { params: { promotionId }, body: { reason: 'shown' } });
});

describe('A68 a refusal', () => {
  let refusal: SignOffView;
  const lift = (client: World['rita'], reason = 'the rows are there') =>
    client.call(LiftRefusal, { params: { signOffId: refusal.id }, body: { reason } });

  beforeAll(async () => {
    release = await recordRelease(w.engineer, 'v1.0.1');
    await deployToInt(w, release.id);
    refusal = await signOff(await comeBack('lea', 'business'), release.id, 'refused', 'rows are lost');
  });

  test('of somebody who is there is lifted by nobody else', async () => {
    await expect(lift(w.rita)).rejects.toMatchObject({ code: 'REFUSAL_STANDS' });
    expect(await askForProd(w, release.id)).toMatchObject({ state: 'failed', endCode: 'SIGN_OFF_REFUSED' });
  });

  test('of somebody who has left stands until another one lifts it, who did not make the release, with a reason', async () => {
    await revoke('lea');
    const denied = await askForProd(w, release.id);
    expect(findGate(denied, 'sign-offs')).toMatchObject({
      decision: 'deny',
      evidence: { by: 'lea', note: 'rows are lost', accessRevokedAt: expect.any(String) },
    });
    await expect(lift(w.engineer)).rejects.toMatchObject({ code: 'SIGN_OFF_OF_AUTHOR' });
    await expect(lift(w.rob, '')).rejects.toMatchObject({ status: 400 });
    const lifted = await lift(w.rob);
    expect(lifted).toMatchObject({
      ...{ person: 'lea', withdrawnBy: 'rob', withdrawnWhy: 'the rows are there' },
      withdrawnAt: expect.any(String),
    });
    // Who did not get the answer asks again, and the first reason stays.
    expect(await lift(w.rita, 'another')).toEqual(lifted);
    const opened = await askForProd(w, release.id);
    expect(findGate(opened, 'sign-offs')?.code).toBe('SIGN_OFFS_MISSING');
  });

  test('A91 that was lifted is in the audit once, with its reason and whose it was', async () => {
    const lines = await readAuditChain(w.administrator);
    const entries = lines.flatMap((line) => (line.kind === 'entry' && line.action === 'sign-off.lifted' ? [line] : []));
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      ...{ actor: { kind: 'person', name: 'rob' }, why: 'the rows are there', environment: 'prod' },
      details: { person: 'lea', role: 'business' },
    });
  });

  test('an approval of somebody who has left is none that can be lifted', async () => {
    refusal = await signOff(await comeBack('tom', 'business'), release.id);
    await revoke('tom');
    await expect(lift(w.rob)).rejects.toMatchObject({ code: 'REFUSAL_STANDS' });
  });
});
