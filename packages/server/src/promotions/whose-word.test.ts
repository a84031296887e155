// Four eyes are two people's: what counts is who stands behind a service account, whose account a word is of, and the rules of now.
import {
  AbortPromotion,
  ApplyAccess,
  ApplyPolicy,
  type Client,
  CSRF_HEADER,
  createClient,
  GetPromotion,
  GetSession,
  IssueToken,
  LiftRefusal,
  ListSignOffs,
  ListTokens,
  OpenPromotion,
  type PromotionView,
  ReportDeployPlan,
  RevokePerson,
  RevokeToken,
  SignDeployPlan,
  type SignOffView,
  WatchRelease,
  WithdrawSignOff,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { openAdmin } from '../setup.ts';
import { type ForgingProvider, startForgingProvider } from '../testing/forging-provider.ts';
import { askForProd, deployToInt, signOff, startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';
import { TestBrowser } from '../testing/test-browser.ts';

const SHA256 = 'e'.repeat(64);
const CI = { serviceAccount: 'ci', role: 'engineer', expiresInDays: 1 } as const;

let provider: ForgingProvider;
let w: World;
beforeAll(async () => {
  provider = await startForgingProvider();
  const { issuer, clientId, clientSecret } = provider;
  w = await startWorld({ oidc: { issuer, clientId, clientSecret } });
});
afterAll(async () => {
  await w?.close();
  await provider?.close();
});

async function comeAs(name: string, role: 'administrator' | 'business' | 'engineer'): Promise<Client> {
  const admin = await openAdmin(w.databaseUrl);
  return w.clientOf(await admin.issueAccessToken({ name, role }).finally(() => admin.close()));
}

/** Signs in by the identity provider. */
async function signIn(sub: string, name: string, groups: readonly string[] = ['checkers']): Promise<Client> {
  provider.forgery = { claims: { sub, preferred_username: name, groups } };
  const browser = new TestBrowser();
  const begun = await browser.send(`${w.server.url}/api/login`);
  await browser.send(provider.answer(new URL(begun.headers.get('location') ?? '')));
  const cookie = [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[1]}=${value}`).join('; ');
  let csrf = '';
  const client = createClient({ baseUrl: w.server.url, headers: () => ({ cookie, [CSRF_HEADER]: csrf }) });
  csrf = (await client.call(GetSession)).csrf ?? '';
  return client;
}

const bind = (...roles: readonly ('business' | 'engineer')[]) =>
  w.administrator.call(ApplyAccess, {
    body: { policy: { schemaVersion: 1, bindings: roles.map((role) => ({ group: 'checkers', role })) } },
  });

const applyPolicy = (prod: object, more: object = {}) =>
  w.administrator.call(ApplyPolicy, {
    body: { policy: { schemaVersion: 1, environments: { prod: { freeze: null, ...prod }, ...more } } },
  });

const findGate = ({ verdicts }: PromotionView, name: string) => verdicts.find(({ gate }) => gate === name);

async function waitForEvidence(promotionId: string, evidence: object) {
  await waitFor('the gate to be asked again', 20_000, async () => {
    const seen = await w.rita.call(GetPromotion, { params: { promotionId } });
    expect(findGate(seen, 'sign-offs')?.evidence).toMatchObject(evidence);
    return true;
  });
}

async function listWords(releaseId: string): Promise<readonly SignOffView[]> {
  return (await w.rita.call(ListSignOffs, { query: { releaseId } })).signOffs;
}

describe('A68 whoever issued the token of a service account', () => {
  let hal: Client;
  let ci: Client;
  beforeAll(async () => {
    const chief = await comeAs('hal', 'administrator');
    hal = await comeAs('hal', 'engineer');
    ci = w.clientOf((await chief.call(IssueToken, { body: CI })).token);
    await applyPolicy({ signOffs: { engineer: 1 }, promoters: ['engineer', 'release-manager'] });
  });

  test('signs off no release that it recorded, nor one of a service account that it issued a token for', async () => {
    const chief = await comeAs('hal', 'administrator');
    const robot = await chief.call(IssueToken, { body: { ...CI, role: 'administrator', serviceAccount: 'robot' } });
    const nested = await w.clientOf(robot.token).call(IssueToken, { body: { ...CI, serviceAccount: 'nested' } });
    for (const [client, version] of [
      [ci, 'v1.0.0'],
      [w.clientOf(nested.token), 'v1.0.1'],
    ] as const) {
      const { id } = await recordRelease(client, version);
      await expect(signOff(hal, id)).rejects.toMatchObject({ code: 'SIGN_OFF_OF_AUTHOR' });
      await signOff(w.eva, id);
    }
  });

  test('does not count where it asked for the promotion, and the gate says why', async () => {
    const { id } = await recordRelease(w.engineer, 'v1.1.0');
    await deployToInt(w, id);
    await signOff(hal, id);
    const opened = await ci.call(OpenPromotion, { body: { releaseId: id, environment: 'prod', rollbackPlan: 'x' } });
    expect(findGate(opened, 'sign-offs')).toMatchObject({
      code: 'SIGN_OFFS_MISSING',
      evidence: { missing: { engineer: 1 }, notCounted: { hal: 'stands behind who asked for the promotion' } },
    });
  });

  test('A79 approves no plan of a promotion that it asked for', async () => {
    await applyPolicy({}, { int: { deployPlan: { approvals: { engineer: 1 }, expiresHours: 1 } } });
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.2.0');
    const { id: promotionId } = await ci.call(OpenPromotion, { body: { releaseId, environment: 'int' } });
    const params = { sessionId: w.int.sessionId };
    await w.agent.call(WatchRelease, { params, body: { waitMs: 0, makesDeployPlans: true } });
    const made = { promotionId, file: { sha256: SHA256, sizeBytes: 1 }, output: '', isOutputCut: false, error: null };
    await w.agent.call(ReportDeployPlan, { params, body: made });
    const approve = (client: Client) =>
      client.call(SignDeployPlan, { params: { promotionId }, body: { sha256: SHA256, decision: 'approved' } });
    await expect(approve(hal)).rejects.toMatchObject({ code: 'SIGN_OFF_OF_AUTHOR' });
    expect(await approve(w.eva)).toMatchObject({ signOffs: [{ person: 'eva' }] });
    await w.rita.call(AbortPromotion, { params: { promotionId }, body: { reason: 'a test' } });
  });
});

describe('A68 a word', () => {
  let releaseId: string;
  beforeAll(async () => {
    await bind('business', 'engineer');
    releaseId = (await recordRelease(w.engineer, 'v2.0.0')).id;
  });
  const free = (name: string) => w.administrator.call(RevokePerson, { params: { name }, body: { freesName: true } });

  test('is not of who has the name of somebody who left: their refusal stands until it is lifted', async () => {
    const refused = await signOff(await signIn('s-1', 'pat'), releaseId, 'refused', 'rows are lost');
    await free('pat');
    const other = await signIn('s-2', 'pat');
    const params = { signOffId: refused.id };
    await expect(other.call(WithdrawSignOff, { params })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await signOff(other, releaseId);
    const words = (await listWords(releaseId)).filter(({ person }) => person === 'pat');
    expect(words).toMatchObject([
      { decision: 'approved', withdrawnAt: null, accessRevokedAt: null },
      { id: refused.id, decision: 'refused', withdrawnAt: null, accessRevokedAt: expect.any(String) },
    ]);
    await w.eva.call(LiftRefusal, { params, body: { reason: 'pat has left; the rows are there' } });
  });

  test('is of the same account under another name', async () => {
    const given = await signOff(await signIn('s-3', 'maiden'), releaseId, 'refused', 'rows are lost');
    await free('maiden');
    const renamed = await signIn('s-3', 'married');
    const params = { signOffId: given.id };
    expect(await renamed.call(WithdrawSignOff, { params })).toMatchObject({ withdrawnAt: expect.any(String) });
    const recorded = await recordRelease(renamed, 'v2.1.0');
    await free('married');
    await expect(signOff(await signIn('s-3', 'third'), recorded.id)).rejects.toMatchObject({
      code: 'SIGN_OFF_OF_AUTHOR',
    });
  });

  test('of a leaver without an account is not of who is given a token to that name later', async () => {
    const refused = await signOff(await comeAs('kim', 'business'), releaseId, 'refused', 'rows are lost');
    await w.administrator.call(RevokePerson, { params: { name: 'kim' }, body: {} });
    await signOff(await comeAs('kim', 'business'), releaseId);
    expect((await listWords(releaseId)).find(({ id }) => id === refused.id)).toMatchObject({ withdrawnAt: null });
  });
});

describe('A68 a word without an account that is known', () => {
  let recorded: SignOffView['releaseId'];
  beforeAll(async () => {
    await bind('business');
    recorded = (await recordRelease(w.engineer, 'v2.2.0')).id;
  });
  // The token alone: their access, and so their name, stays.
  async function endTokens(name: string) {
    const { tokens } = await w.administrator.call(ListTokens);
    const own = tokens.filter((token) => token.name === name && token.revokedAt === null);
    for (const { id: tokenId } of own) await w.administrator.call(RevokeToken, { params: { tokenId }, body: {} });
  }
  const standing = async (name: string) =>
    (await listWords(recorded)).filter(({ person, withdrawnAt }) => person === name && withdrawnAt === null);

  test('is taken back by who comes by the identity provider since', async () => {
    const refused = await signOff(await comeAs('ida', 'engineer'), recorded, 'refused', 'rows are lost');
    await endTokens('ida');
    const params = { signOffId: refused.id };
    const ida = await signIn('s-20', 'ida');
    expect(await ida.call(WithdrawSignOff, { params })).toMatchObject({ withdrawnAt: expect.any(String) });
  });

  test('ends with the next one of its person, in whichever role', async () => {
    await signOff(await comeAs('olaf', 'engineer'), recorded);
    await endTokens('olaf');
    const given = await signOff(await signIn('s-21', 'olaf'), recorded);
    expect(await standing('olaf')).toMatchObject([{ id: given.id, role: 'business' }]);
  });

  test('that a server of the version before kept is of who has the name', async () => {
    const ute = await signIn('s-22', 'ute');
    await signOff(ute, recorded, 'refused', 'rows are lost');
    await withConnection(w.databaseUrl, (client) =>
      client.query(`update sign_offs set account = '' where person = 'ute'`),
    );
    await signOff(ute, recorded);
    expect(await standing('ute')).toMatchObject([{ decision: 'approved' }]);
  });

  test('is not of who has the name since access was revoked', async () => {
    const refused = await signOff(await comeAs('zita', 'business'), recorded, 'refused', 'rows are lost');
    await w.administrator.call(RevokePerson, { params: { name: 'zita' }, body: {} });
    const zita = await signIn('s-23', 'zita');
    const params = { signOffId: refused.id };
    await expect(zita.call(WithdrawSignOff, { params })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await signOff(zita, recorded);
    expect(await standing('zita')).toHaveLength(2);
  });
});

test('A68 who has the name of a former author signs off what that one recorded', async () => {
  await bind('business', 'engineer');
  const { id } = await recordRelease(await signIn('s-30', 'fred'), 'v2.3.0');
  await w.administrator.call(RevokePerson, { params: { name: 'fred' }, body: { freesName: true } });
  const given = await signOff(await signIn('s-31', 'fred'), id);
  expect(given).toMatchObject({ person: 'fred', decision: 'approved' });
  await w.administrator.call(RevokePerson, { params: { name: 'fred' }, body: { freesName: true } });
  await expect(signOff(await signIn('s-30', 'frida'), id)).rejects.toMatchObject({ code: 'SIGN_OFF_OF_AUTHOR' });
});

describe('A68 a sign-off is judged by what holds now', () => {
  let opened: PromotionView;
  let releaseId: string;
  beforeAll(async () => {
    await applyPolicy({ signOffs: { engineer: 2 }, signOffDays: 7 });
    await bind('engineer');
    releaseId = (await recordRelease(w.engineer, 'v3.0.0')).id;
    await deployToInt(w, releaseId);
    await signOff(await signIn('s-9', 'gil'), releaseId);
    await signOff(w.eva, releaseId);
    opened = await askForProd(w, releaseId);
  });

  test('a role that a binding gives no more counts no more, and the verdict says so, without anybody asking', async () => {
    expect(findGate(opened, 'sign-offs')).toMatchObject({ evidence: { given: { engineer: ['eva', 'gil'] } } });
    await bind('business');
    await waitForEvidence(opened.id, {
      missing: { engineer: 1 },
      notCounted: { gil: 'is no engineer there any more' },
    });
    await bind('engineer');
    await waitForEvidence(opened.id, { given: { engineer: ['eva', 'gil'] } });
  });

  test('nor one of a group that they were not in when they signed in last', async () => {
    await signIn('s-9', 'gil', ['others']);
    await bind('engineer', 'business');
    await waitForEvidence(opened.id, { notCounted: { gil: 'is no engineer there any more' } });
  });

  test('a shorter time to live holds for those that were given before it', async () => {
    await withConnection(w.databaseUrl, (client) =>
      client.query(`update sign_offs set given_at = given_at - interval '2 days' where person = 'eva'`),
    );
    await applyPolicy({ signOffs: { engineer: 2 }, signOffDays: 1 });
    await waitForEvidence(opened.id, { missing: { engineer: 2 }, notCounted: { eva: 'has expired' } });
  });
});
