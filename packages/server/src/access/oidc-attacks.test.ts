// A72: what a provider must not say, and what a browser must not bring, signs nobody in.
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateConsoleLink, GetSession, ListAudit, SessionView } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { type Forgery, type ForgingProvider, startForgingProvider } from '../testing/forging-provider.ts';
import { TestBrowser } from '../testing/test-browser.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let provider: ForgingProvider;
let t: TestServer;

beforeAll(async () => {
  provider = await startForgingProvider();
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { oidc: { issuer, clientId, clientSecret } });
});
beforeEach(() => {
  provider.forgery = {};
});
afterAll(async () => {
  await t?.close();
  await provider?.close();
});

const at = (path: string) => `${t.server.url}${path}`;
const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '', t.server.url);
const sessionOf = (browser: TestBrowser) => browser.cookies.get(`127.0.0.1 towpath-${t.server.port}`)?.value;

/** Begins, and returns the address by which the provider sends the browser back. */
async function begin(browser: TestBrowser): Promise<URL> {
  return provider.answer(locationOf(await browser.send(at('/api/login'))));
}

async function signIn(browser = new TestBrowser()): Promise<{ browser: TestBrowser; destination: URL }> {
  return { browser, destination: locationOf(await browser.send(await begin(browser))) };
}

const NOW_SECONDS = () => Math.floor(Date.now() / 1000);

describe('an ID token', () => {
  test('that is good signs in: what follows is refused for what it says alone', async () => {
    const { browser, destination } = await signIn();
    expect(destination.pathname).toBe('/');
    const session = SessionView.parse(await (await browser.send(at('/api/session'))).json());
    expect(session).toMatchObject({ name: 'mallory', role: null, grants: [], groups: ['administrators'] });
  });

  const FORGERIES: Readonly<Record<string, () => Forgery>> = {
    'of another issuer': () => ({ claims: { iss: 'https://evil.example' } }),
    'for another audience': () => ({ claims: { aud: 'another-client' } }),
    'for several, of whom we are one, by another': () => ({ claims: { aud: ['towpath', 'x'], azp: 'x' } }),
    'with another nonce': () => ({ claims: { nonce: 'another' } }),
    'without a nonce': () => ({ claims: { nonce: undefined } }),
    'of alg none': () => ({ header: { alg: 'none' }, signedBy: 'nobody' }),
    'of alg None': () => ({ header: { alg: 'None' }, signedBy: 'nobody' }),
    'of alg HS256 by the client secret': () => ({ header: { alg: 'HS256' }, signedBy: 'client secret' }),
    'without its signature': () => ({ signedBy: 'nobody' }),
    'signed by another key': () => ({ signedBy: 'other key' }),
    'of a key that nobody published': () => ({ header: { kid: 'unknown' }, signedBy: 'other key' }),
    'that expired a minute ago': () => ({ claims: { iat: NOW_SECONDS() - 120, exp: NOW_SECONDS() - 60 } }),
    'without an expiry': () => ({ claims: { exp: undefined } }),
    'that holds from a minute on': () => ({ claims: { nbf: NOW_SECONDS() + 60 } }),
    'of nobody': () => ({ claims: { sub: undefined } }),
  };

  test.each(Object.entries(FORGERIES))('%s is refused', async (_, forge) => {
    provider.forgery = forge();
    const { browser, destination } = await signIn();
    expect(destination.href).toBe(at('/login?problem=LOGIN_REFUSED'));
    expect(sessionOf(browser)).toBeUndefined();
  });

  test('of a clock that is up to half a minute off is taken', async () => {
    provider.forgery = { claims: { iat: NOW_SECONDS() - 80, exp: NOW_SECONDS() - 20 } };
    expect((await signIn()).destination.pathname).toBe('/');
    provider.forgery = { claims: { iat: NOW_SECONDS() + 20, nbf: NOW_SECONDS() + 20 } };
    expect((await signIn()).destination.pathname).toBe('/');
  });

  test.each([undefined, 5, '', 'a\u0000b', 'service-account:ci', ['mallory']])(
    'whose name is %j signs nobody in',
    async (preferred_username) => {
      provider.forgery = { claims: { preferred_username } };
      expect((await signIn()).destination.search).toBe('?problem=LOGIN_NAMELESS');
    },
  );

  test('of another account with a name that was taken is refused', async () => {
    expect((await signIn()).destination.pathname).toBe('/');
    provider.forgery = { claims: { sub: 'subject-2' } };
    expect((await signIn()).destination.search).toBe('?problem=LOGIN_NAME_TAKEN');
  });

  test('A91 that is refused is entered in the audit, with whose name it came by when the provider vouched for it', async () => {
    provider.forgery = { signedBy: 'nobody' };
    await signIn();
    await signIn();
    provider.forgery = { claims: { sub: 'subject-3' } };
    await signIn();
    await waitFor('two entries', 10_000, async () => {
      const { entries } = await t.administrator.call(ListAudit, { query: { action: 'sign-in.refused' } });
      const told = entries.map(({ subject, details }) => [subject.kind, subject.name, details.reason]);
      expect(told).toContainEqual(['address', '127.0.0.1', 'LOGIN_REFUSED']);
      expect(told).toContainEqual(['person', 'mallory', 'LOGIN_NAME_TAKEN']);
      return true;
    });
  });
});

describe('an answer of the provider', () => {
  test('is used once: the same address again signs nobody in', async () => {
    const browser = new TestBrowser();
    const back = await begin(browser);
    expect(locationOf(await browser.send(back)).pathname).toBe('/');
    const first = sessionOf(browser);
    const exchanged = provider.exchanged.length;
    expect(locationOf(await browser.send(back)).search).toBe('?problem=LOGIN_UNKNOWN');
    expect([sessionOf(browser), provider.exchanged.length]).toEqual([first, exchanged]);
  });

  test('of a code that was used, in a sign-in of its own, is refused', async () => {
    const first = new TestBrowser();
    const used = await begin(first);
    await first.send(used);
    const second = new TestBrowser();
    const back = await begin(second);
    back.searchParams.set('code', used.searchParams.get('code') ?? '');
    expect(locationOf(await second.send(back)).search).toBe('?problem=LOGIN_REFUSED');
  });

  test('of many at once, one signs in', async () => {
    const browser = new TestBrowser();
    const back = await begin(browser);
    const answers = await Promise.all(Array.from({ length: 6 }, () => browser.send(back)));
    expect(answers.filter((answer) => locationOf(answer).pathname === '/')).toHaveLength(1);
  });

  test('in another browser than the one that began signs nobody in', async () => {
    const back = await begin(new TestBrowser());
    for (const victim of [new TestBrowser(), new TestBrowser()]) {
      if (sessionOf(victim) === undefined) await begin(victim);
      expect(locationOf(await victim.send(back)).search).toBe('?problem=LOGIN_UNKNOWN');
      expect(sessionOf(victim)).toBeUndefined();
    }
  });

  test.each([
    ['state', 'another', 'LOGIN_UNKNOWN'],
    ['iss', 'https://evil.example', 'LOGIN_REFUSED'],
    ['code', 'guessed', 'LOGIN_REFUSED'],
  ])('with another %s is refused', async (parameter, value, problem) => {
    const browser = new TestBrowser();
    const back = await begin(browser);
    back.searchParams.set(parameter, value);
    expect(locationOf(await browser.send(back)).search).toBe(`?problem=${problem}`);
  });

  test('that says no is a refusal, and shows none of its words', async () => {
    const browser = new TestBrowser();
    const back = await begin(browser);
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    back.searchParams.set('error_description', 'call 555-0100');
    expect(locationOf(await browser.send(back)).href).toBe(at('/login?problem=LOGIN_REFUSED'));
  });

  test('after ten minutes is too late', async () => {
    const browser = new TestBrowser();
    const back = await begin(browser);
    await withConnection(t.databaseUrl, (client) => client.query('update logins set expires_at = now()'));
    expect(locationOf(await browser.send(back)).search).toBe('?problem=LOGIN_UNKNOWN');
  });

  test('that fails technically is no refusal', async () => {
    provider.forgery = { status: 503 };
    expect((await signIn()).destination.search).toBe('?problem=IDENTITY_PROVIDER_UNAVAILABLE');
  });
});

describe('a session', () => {
  test('is new at each sign-in, and ends the one before: none can be planted', async () => {
    const planted = await signIn();
    const before = sessionOf(planted.browser) ?? '';
    await signIn(planted.browser);
    const after = sessionOf(planted.browser) ?? '';
    expect(after).not.toBe(before);
    const old = await fetch(at('/api/session'), { headers: { cookie: `towpath-${t.server.port}=${before}` } });
    expect(old.status).toBe(401);
    const chosen = new TestBrowser();
    chosen.cookies.set(`127.0.0.1 towpath-${t.server.port}`, { value: 'towpath_session_chosen', path: '/' });
    await signIn(chosen);
    expect(sessionOf(chosen)).not.toBe('towpath_session_chosen');
  });

  test('has a cookie that scripts can not read and other pages do not send', async () => {
    const browser = new TestBrowser();
    const back = await begin(browser);
    const cookies = (await browser.send(back)).headers.getSetCookie().join('\n');
    expect(cookies).toMatch(
      new RegExp(`towpath-${t.server.port}=[^;]+; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict`),
    );
  });

  test('ends when its person signs out; that needs the CSRF token', async () => {
    const { browser } = await signIn();
    const end = (headers: Record<string, string>) => browser.send(at('/api/session/end'), { method: 'POST', headers });
    expect((await end({})).status).toBe(403);
    const { csrf } = SessionView.parse(await (await browser.send(at('/api/session'))).json());
    const stolen = sessionOf(browser) ?? '';
    expect((await end({ 'towpath-csrf': csrf ?? '' })).status).toBe(200);
    expect(sessionOf(browser)).toBeUndefined();
    const replayed = await fetch(at('/api/session'), { headers: { cookie: `towpath-${t.server.port}=${stolen}` } });
    expect(replayed.status).toBe(401);
  });

  test('leads nowhere else than to a page of the console', async () => {
    for (const returnTo of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a\nb', 'runs']) {
      const response = await fetch(at(`/api/login?returnTo=${encodeURIComponent(returnTo)}`), { redirect: 'manual' });
      expect([returnTo, response.status]).toEqual([returnTo, 400]);
    }
  });
});

test('the log tells of a sign-in neither code nor token nor secret', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-log-'));
  const logFile = join(folder, 'log');
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  const logged = await startTestServer(database, {
    oidc: { issuer, clientId, clientSecret },
    logFile,
    logLevel: 'debug',
  });
  const browser = new TestBrowser();
  const back = provider.answer(locationOf(await browser.send(`${logged.server.url}/api/login`)));
  await browser.send(back);
  provider.forgery = { claims: { aud: 'another' } };
  const refused = provider.answer(locationOf(await browser.send(`${logged.server.url}/api/login`)));
  await browser.send(refused);
  await logged.close();
  const log = await readFile(logFile, 'utf8');
  await rm(folder, { recursive: true });
  expect(log).toContain('/api/login/callback');
  expect(log).toContain('OAUTH_JWT_CLAIM_COMPARISON_FAILED');
  const secrets = [back, refused].flatMap(({ searchParams }) => [searchParams.get('code'), searchParams.get('state')]);
  const cookies = [...browser.cookies.values()].map(({ value }) => value);
  for (const secret of [...secrets, ...cookies, clientSecret]) expect(log).not.toContain(secret);
});

test('behind TLS the provider is told the public address, and cookies are secure', async () => {
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  const options = { oidc: { issuer, clientId, clientSecret }, publicUrl: 'https://towpath.example/' };
  const secured = await startTestServer(database, options);
  const request = httpRequest(`${secured.server.url}/api/login`, { headers: { host: 'towpath.example' } });
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  const address = new URL(response.headers.location);
  expect(address.searchParams.get('redirect_uri')).toBe('https://towpath.example/api/login/callback');
  expect(response.headers['set-cookie']?.[0]).toMatch(/; Path=\/api\/login; HttpOnly; Secure; SameSite=Lax$/);
  await secured.close();
});

test('who has no role may ask who they are, and nothing else', async () => {
  const { browser } = await signIn();
  expect((await browser.send(at('/api/runs'))).status).toBe(403);
  expect((await browser.send(at('/api/session'))).status).toBe(200);
});

test('without an identity provider there is no sign-in, and links work', async () => {
  const plain = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const response = await fetch(`${plain.server.url}/api/login`, { redirect: 'manual' });
  expect(response.status).toBe(404);
  expect((await plain.engineer.call(CreateConsoleLink)).link).toMatch(/^towpath_link_/);
  expect(await plain.engineer.call(GetSession)).toMatchObject({ name: 'erin', role: 'engineer' });
  await plain.close();
});

test.each(['http://login.example.com', 'ftp://x', 'nonsense'])(
  'the issuer %s is refused at the start',
  async (issuer) => {
    const database = await createTestDatabase({ template: 'state', migrate });
    await expect(startTestServer(database, { oidc: { issuer, clientId: 'x' } })).rejects.toMatchObject({
      code: 'OIDC_ISSUER_INVALID',
    });
    await database.drop();
  },
);
