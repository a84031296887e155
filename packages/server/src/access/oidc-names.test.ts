// A72: by which names people come: each that of one account, and none that somebody else acts by.
import { createHash } from 'node:crypto';
import { GetSession, IssueToken, RedeemLogin, RevokePerson } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { type Forgery, type ForgingProvider, startForgingProvider } from '../testing/forging-provider.ts';
import { answerConsent, TestBrowser } from '../testing/test-browser.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let provider: ForgingProvider;
let t: TestServer;

beforeAll(async () => {
  provider = await startForgingProvider();
  t = await start();
});
beforeEach(() => {
  provider.forgery = {};
});
afterAll(async () => {
  await t?.close();
  await provider?.close();
});

async function start(nameClaim?: string): Promise<TestServer> {
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  return startTestServer(database, { oidc: { issuer, clientId, clientSecret, nameClaim } });
}

const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '', t.server.url);

/** Begins at the provider; the address brings its answer back. */
async function begin(browser: TestBrowser, query = '', server = t): Promise<URL> {
  return provider.answer(locationOf(await browser.send(`${server.server.url}/api/login${query}`)));
}

/** Signs in with these claims; returns what the address says in the end. */
async function signIn(claims: NonNullable<Forgery['claims']>, browser = new TestBrowser()): Promise<string> {
  provider.forgery = { claims };
  return locationOf(await browser.send(await begin(browser))).search;
}

const statusOf = async (browser: TestBrowser) => (await browser.send(`${t.server.url}/api/session`)).status;

const revoke = (name: string, freesName = false) =>
  t.administrator.call(RevokePerson, { params: { name }, body: { freesName } });

const TAKEN = '?problem=LOGIN_NAME_TAKEN';

describe('A72 a name', () => {
  test('that a token was issued to is not for who signs in by it first, until that token is revoked', async () => {
    expect(await signIn({ sub: 's-erin', preferred_username: 'erin' })).toBe(TAKEN);
    await revoke('erin');
    expect(await signIn({ sub: 's-erin', preferred_username: 'erin' })).toBe('');
    const admin = await openAdmin(t.databaseUrl);
    await admin.issueAccessToken({ name: 'erin', role: 'viewer' }).finally(() => admin.close());
    // It is theirs by now: a token of their own does not shut them out.
    expect(await signIn({ sub: 's-erin', preferred_username: 'erin' })).toBe('');
  });

  test("that Towpath acts by itself is nobody else's", async () => {
    expect(await signIn({ sub: 's-robot', preferred_username: 'automation' })).toBe(TAKEN);
  });

  test('is the only one of its account, until an administrator frees it', async () => {
    const browser = new TestBrowser();
    expect(await signIn({ sub: 's-maid', preferred_username: 'maiden' }, browser)).toBe('');
    const renamed = { sub: 's-maid', preferred_username: 'married' };
    expect(await signIn(renamed)).toBe('?problem=LOGIN_ACCOUNT_NAMED');
    expect(await revoke('maiden', true)).toMatchObject({ sessions: 1 });
    expect(await statusOf(browser)).toBe(401);
    expect(await signIn(renamed)).toBe('');
    expect(await signIn({ sub: 's-maid', preferred_username: 'maiden' })).toBe('?problem=LOGIN_ACCOUNT_NAMED');
    expect(await signIn({ sub: 's-other', preferred_username: 'maiden' })).toBe('');
    expect(await signIn({ sub: 's-third', preferred_username: 'maiden' })).toBe(TAKEN);
  });
});

describe('A72 a sign-in that began before access was revoked', () => {
  const claims = { sub: 's-left', preferred_username: 'leaver' };

  test.each(['while they were signed in', 'when they were not'])('is refused, %s', async (when) => {
    const browser = new TestBrowser();
    expect(await signIn(claims, browser)).toBe('');
    const late = new TestBrowser();
    const back = await begin(late);
    await revoke('leaver');
    if (when === 'when they were not') await expect(revoke('leaver')).rejects.toMatchObject({ code: 'TOKEN_UNKNOWN' });
    expect(locationOf(await late.send(back)).search).toBe('?problem=LOGIN_REFUSED');
    expect([await statusOf(browser), await statusOf(late)]).toEqual([401, 401]);
    expect(await signIn(claims, late)).toBe('');
    await revoke('leaver');
  });

  test('is refused after their name was freed, too', async () => {
    await signIn(claims);
    const late = new TestBrowser();
    const back = await begin(late);
    await revoke('leaver', true);
    expect(locationOf(await late.send(back)).search).toBe('?problem=LOGIN_REFUSED');
  });

  test('gives no command line a token: its code has ended, though nothing else had to', async () => {
    const verifier = 'v'.repeat(50);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const browser = new TestBrowser();
    provider.forgery = { claims: { sub: 's-cli', preferred_username: 'typist' } };
    const page = await browser.open(await begin(browser, `?port=50123&challenge=${challenge}`));
    const { searchParams } = (await answerConsent(browser, page, 'Allow', () => true)).url;
    expect(await revoke('typist')).toEqual({ tokens: 0, sessions: 0, links: 1 });
    const body = { code: searchParams.get('code') ?? '', verifier };
    await expect(t.clientOf('none').call(RedeemLogin, { body })).rejects.toMatchObject({ code: 'LOGIN_CODE_INVALID' });
  });
});

describe('A72 an address of e-mail', () => {
  const CASES: readonly (readonly [string, Forgery, string])[] = [
    ['verified', { claims: { email: 'a@x.example', email_verified: true } }, ''],
    ['not verified', { claims: { email: 'a@x.example', email_verified: false } }, '?problem=LOGIN_NAMELESS'],
    ['verified by a word', { claims: { email: 'a@x.example', email_verified: 'true' } }, '?problem=LOGIN_NAMELESS'],
    ['nothing is said of', { claims: { email: 'a@x.example' } }, '?problem=LOGIN_NAMELESS'],
    ['verified at the userinfo endpoint', { userinfo: { email: 'a@x.example', email_verified: true } }, ''],
    [
      'of the ID token, while another is verified at the userinfo endpoint',
      { claims: { email: 'a@x.example' }, userinfo: { email: 'b@x.example', email_verified: true } },
      '?problem=LOGIN_NAMELESS',
    ],
    [
      'of the userinfo endpoint, while the ID token says that one is verified',
      { claims: { email_verified: true }, userinfo: { email: 'b@x.example' } },
      '?problem=LOGIN_NAMELESS',
    ],
  ];

  test.each(CASES)('names somebody only when it was verified: %s', async (_, forgery, search) => {
    provider.forgery = { ...forgery, claims: { ...forgery.claims } };
    const named = await start('email');
    const browser = new TestBrowser();
    const back = await begin(browser, '', named);
    expect(locationOf(await browser.send(back)).search).toBe(search);
    await named.close();
  });
});

test('a service account keeps its token when a person of another name is revoked', async () => {
  const { token } = await t.administrator.call(IssueToken, {
    body: { serviceAccount: 'calm', role: 'viewer', expiresInDays: 1 },
  });
  await signIn({ sub: 's-gone', preferred_username: 'gone' });
  await revoke('gone');
  expect(await t.clientOf(token).call(GetSession)).toMatchObject({ name: 'service-account:calm' });
});
