// A72: people come by an identity provider; which roles they have where, their groups say.
import { createHash } from 'node:crypto';
import {
  type AccessView,
  ApplyAccess,
  ApplyPolicy,
  CheckAccess,
  GetSession,
  GiveSignOff,
  IssueToken,
  OpenPromotion,
  RedeemLogin,
  RegisterCode,
  RevokePerson,
  RevokeToken,
  SessionView,
  SignOut,
  StartRun,
  StreamEvents,
} from '@towpath/api';
import { formatLoginCheck } from '@towpath/core';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { type IdentityProvider, startIdentityProvider } from '../testing/identity-provider.ts';
import { recordRelease } from '../testing/released.ts';
import { answerConsent, type Page, signInAt, TestBrowser } from '../testing/test-browser.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let provider: IdentityProvider;
let t: TestServer;

beforeAll(async () => {
  provider = await startIdentityProvider();
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { oidc: { issuer, clientId, clientSecret } });
  provider.allowCallback(`${t.server.url}/api/login/callback`);
  provider.groups.set('nell', ['engineers', 'everybody']);
  await apply(BINDINGS);
});
afterAll(async () => {
  await t?.close();
  await provider?.close();
});

type Bindings = AccessView['policy']['bindings'];

const BINDINGS: Bindings = [
  { group: 'engineers', role: 'engineer', environments: ['int'] },
  { group: 'everybody', role: 'viewer' },
];

const apply = (bindings: Bindings) =>
  t.administrator.call(ApplyAccess, { body: { policy: { schemaVersion: 1, bindings } } });

const ours = (url: URL) => url.origin === t.server.url && url.pathname !== '/api/login/callback';

async function signIn(login: string, browser = new TestBrowser()) {
  const page = await signInAt(browser, `${t.server.url}/api/login?returnTo=/runs`, login, ours);
  return { browser, page };
}

test('A72 a person of a group has its roles, where they hold', async () => {
  const { browser, page } = await signIn('nell');
  expect(page.url.pathname).toBe('/runs');
  const session = SessionView.parse(await (await browser.send(`${t.server.url}/api/session`)).json());
  expect(session).toMatchObject({ name: 'nell', role: 'engineer', groups: ['engineers', 'everybody'] });
  expect(session.grants).toEqual([
    { role: 'engineer', environments: ['int'], from: 'group engineers' },
    { role: 'viewer', environments: null, from: 'group everybody' },
  ]);
});

describe('a command line', () => {
  const verifier = 'v'.repeat(50);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const nobody = () => t.clientOf('none');

  /** Signs in for a command line that would listen at a port; returns the address the browser is sent to there. */
  async function signInFor(login: string): Promise<URL> {
    const browser = new TestBrowser();
    const page = await askFor(browser, login);
    return (await answerConsent(browser, page, 'Allow', isProgram)).url;
  }

  const isProgram = (url: URL) => url.port === '50123';

  /** Signs in for one that says these words of itself; returns the page that comes then. */
  function askFor(browser: TestBrowser, login: string, program?: string): Promise<Page> {
    const query = new URLSearchParams({ port: '50123', challenge, ...(program !== undefined && { program }) });
    return signInAt(browser, `${t.server.url}/api/login?${query.toString()}`, login, isProgram);
  }

  test('A72 gets nothing before its person, who is told its name, machine and sign, lets it in', async () => {
    const browser = new TestBrowser();
    const page = await askFor(browser, 'nell', 'towpath login 1.2.3 on <b>laptop-7</b>');
    expect(page.url.origin).toBe(t.server.url);
    expect(page.text).toContain('Let a program in as nell?');
    expect(page.text).toContain('“towpath login 1.2.3 on &lt;b&gt;laptop-7&lt;/b&gt;”');
    expect(page.text).toContain(`<code>${formatLoginCheck(challenge)}</code>`);
    expect(page.text).toContain('at port 50123');
    expect(page.text).not.toMatch(/<script|http-equiv|<b>/);
    const refused = await answerConsent(browser, page, 'Refuse', isProgram);
    expect(refused.url.href).toBe('http://127.0.0.1:50123/?problem=LOGIN_REFUSED');
  });

  test('A72 that is signed in at the provider already asks all the same, and one without a name says so', async () => {
    const browser = new TestBrowser();
    await askFor(browser, 'nell');
    const again = await askFor(browser, 'nell');
    expect(again.text).toContain('A program that does not say its name');
  });

  test('A72 gets a token of the person, once, by the verifier that it kept', async () => {
    const back = await signInFor('nell');
    expect(back.hostname).toBe('127.0.0.1');
    const code = back.searchParams.get('code') ?? '';
    const wrong = nobody().call(RedeemLogin, { body: { code, verifier: 'w'.repeat(50) } });
    await expect(wrong).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' });
    const { token, name } = await nobody().call(RedeemLogin, { body: { code, verifier } });
    expect(name).toBe('nell');
    const client = t.clientOf(token);
    expect(await client.call(GetSession)).toMatchObject({ name: 'nell', role: 'engineer' });
    const run = (environment: string) => client.call(StartRun, { body: { pipeline: 'none', environment } });
    await expect(run('int')).rejects.toMatchObject({ code: 'PIPELINE_UNKNOWN' });
    await expect(run('prod')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const again = nobody().call(RedeemLogin, { body: { code, verifier } });
    await expect(again).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' });
    await client.call(SignOut);
    await expect(client.call(GetSession)).rejects.toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
  });

  test('is sent nowhere else than to its own machine', async () => {
    for (const query of ['port=80&challenge=x', 'port=50123', `challenge=${challenge}`, 'port=evil.example'])
      expect((await fetch(`${t.server.url}/api/login?${query}`, { redirect: 'manual' })).status).toBe(400);
  });
});

describe('A72 a person of several roles', () => {
  /** Somebody with a token, as `towpath login` gets it. */
  async function come(login: string, groups: readonly string[]) {
    provider.groups.set(login, groups);
    const verifier = 'v'.repeat(50);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const start = `${t.server.url}/api/login?port=50123&challenge=${challenge}`;
    const browser = new TestBrowser();
    const isProgram = ({ port }: URL) => port === '50123';
    const page = await signInAt(browser, start, login, isProgram);
    const { url } = await answerConsent(browser, page, 'Allow', isProgram);
    const body = { code: url.searchParams.get('code') ?? '', verifier };
    return t.clientOf((await t.clientOf('none').call(RedeemLogin, { body })).token);
  }

  test('signs off in the one that the policy waits for, where it holds', async () => {
    await apply([
      { group: 'engineers', role: 'engineer', environments: ['int', 'prod'] },
      { group: 'owners', role: 'business', environments: ['prod'] },
    ]);
    const policy = { schemaVersion: 1 as const, environments: { prod: { signOffs: { business: 1 } } } };
    await t.administrator.call(ApplyPolicy, { body: { policy } });
    const { id: releaseId } = await recordRelease(t.engineer, 'v2.0.0');
    const tess = await come('tess', ['engineers', 'owners']);
    const sign = (environment: string) =>
      tess.call(GiveSignOff, { body: { releaseId, environment, decision: 'approved' } });
    expect(await sign('prod')).toMatchObject({ role: 'business', person: 'tess' });
    expect(await sign('int')).toMatchObject({ role: 'engineer' });
    await apply(BINDINGS);
  });

  test('decides where a role holds that the policy names, and nowhere else', async () => {
    await apply([
      { group: 'managers', role: 'release-manager', environments: ['prod'] },
      { group: 'managers', role: 'viewer' },
    ]);
    const { id: releaseId } = await recordRelease(t.engineer, 'v3.0.0');
    const max = await come('max', ['managers']);
    const promote = (environment: string) => max.call(OpenPromotion, { body: { releaseId, environment } });
    await expect(promote('int')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    // Its gates say no, which is no matter of who asks.
    expect(await promote('prod')).toMatchObject({ state: 'failed', requestedBy: 'max' });
    const check = (environment: string) =>
      max.call(CheckAccess, { query: { permission: 'promotions:write', environment } });
    expect([(await check('int')).isAllowed, (await check('prod')).isAllowed]).toEqual([false, true]);
    await apply(BINDINGS);
  });
});

describe('rights end at once', () => {
  test('A72 with the binding that gave them, for who is signed in', async () => {
    const { browser } = await signIn('nell');
    const runs = () => browser.send(`${t.server.url}/api/runs`);
    expect((await runs()).status).toBe(200);
    await apply([]);
    expect((await runs()).status).toBe(403);
    await apply(BINDINGS);
    expect((await runs()).status).toBe(200);
  });

  test('A72 with their person: every session and token', async () => {
    const { browser } = await signIn('nell');
    const revoked = await t.administrator.call(RevokePerson, { params: { name: 'nell' }, body: { reason: 'left' } });
    expect(revoked.sessions).toBeGreaterThan(0);
    expect((await browser.send(`${t.server.url}/api/session`)).status).toBe(401);
  });

  test.each(['its token is revoked', 'its binding is taken', 'its token expires'])(
    'A72 an open stream of events ends when %s, and tells nothing more',
    async (what) => {
      const body = { serviceAccount: 'listener', expiresInDays: 1 };
      const issued = await t.administrator.call(IssueToken, { body });
      await apply([...BINDINGS, { serviceAccount: 'listener', role: 'viewer' }]);
      const stream = await t.clientOf(issued.token).send(StreamEvents);
      let isEnded = false;
      const text = stream.text().finally(() => {
        isEnded = true;
      });
      if (what === 'its token is revoked')
        await t.administrator.call(RevokeToken, { params: { tokenId: issued.id }, body: {} });
      else if (what === 'its binding is taken') await apply(BINDINGS);
      else
        await withConnection(t.databaseUrl, (client) =>
          client.query('update access_tokens set expires_at = now() where id = $1', [issued.id]),
        );
      const { agent } = t;
      await agent.call(RegisterCode, {
        body: buildRegistration([buildGraph('later', [buildTask('a')])], what.replaceAll(' ', '-')),
      });
      await waitFor('the end of the stream', 10_000, () => isEnded);
      expect(await text).not.toContain('data:');
    },
  );
});
