// A72: people come by an identity provider; which roles they have where, their groups say.
import { ApplyAccess, type Client, createClient, GetSession, SessionView } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { type IdentityProvider, startIdentityProvider } from '../testing/identity-provider.ts';
import { signInAt, TestBrowser } from '../testing/test-browser.ts';
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
  await t.administrator.call(ApplyAccess, {
    body: {
      policy: {
        schemaVersion: 1,
        bindings: [
          { group: 'engineers', role: 'engineer', environments: ['int'] },
          { group: 'everybody', role: 'viewer' },
        ],
      },
    },
  });
});
afterAll(async () => {
  await t?.close();
  await provider?.close();
});

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
