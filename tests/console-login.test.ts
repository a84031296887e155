// A72: a person signs in at a real identity provider in a real Chromium, sees what their groups allow, and leaves.
import { rm } from 'node:fs/promises';
import { ApplyAccess } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase, requirePart } from '@towpath/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findSerious, launchBrowser, measureSideways, openPage } from '../packages/console/src/testing/browser.ts';
import { buildConsole } from '../packages/console/src/testing/build-console.ts';
import { type IdentityProvider, startIdentityProvider } from '../packages/server/src/testing/identity-provider.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

const chromium = requirePart('chromium');
let browser: Browser;
let folder: string;
let provider: IdentityProvider;
let t: TestServer;

beforeAll(async () => {
  if (!chromium.available) return;
  [folder, browser, provider] = await Promise.all([
    buildConsole(),
    launchBrowser(chromium.path),
    startIdentityProvider(),
  ]);
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { oidc: { issuer, clientId, clientSecret }, consoleFolder: folder });
  provider.allowCallback(`${t.server.url}/api/login/callback`);
  provider.groups.set('nell', ['engineers']);
  const bindings = [{ group: 'engineers', role: 'engineer' as const, environments: ['int'] }];
  await t.administrator.call(ApplyAccess, { body: { policy: { schemaVersion: 1, bindings } } });
});

afterAll(async () => {
  await browser?.close();
  await t?.close();
  await provider?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if (!chromium.available) context.skip(chromium.reason);
});

test('A72 from the page one wanted to see, by the provider, back to it, and out again', async () => {
  const { page, context } = await openPage(browser);
  page.setDefaultTimeout(15_000);
  await page.goto(`${t.server.url}/audit?environment=int`);
  await page.getByRole('link', { name: `Sign in at ${new URL(provider.issuer).host}` }).click();
  await page.locator('input[name=login]').fill('nell');
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${t.server.url}/audit?environment=int`);
  await page.getByRole('button', { name: 'Signed in as nell' }).click();
  await page.getByText('engineer in int').waitFor();
  const cookies = (await context.cookies()).filter(({ name }) => name === `towpath-${t.server.port}`);
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  expect((await context.cookies()).some(({ name }) => name === `towpath-${t.server.port}`)).toBe(false);
});

test('A72 whoever signs in for a program can read what they are asked, in both themes, on a phone and on a desk', async () => {
  const { page, context } = await openPage(browser);
  page.setDefaultTimeout(15_000);
  const program = `towpath login 1.2.3 on ${'laptop'.repeat(12)}`;
  const query = new URLSearchParams({ port: '50123', challenge: 'c'.repeat(43), program });
  await page.goto(`${t.server.url}/api/login?${query.toString()}`);
  await page.locator('input[name=login]').fill('nell');
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Let a program in as nell?' }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [400, 1600]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await measureSideways(page), `sideways at ${width} px`).toBe(0);
      expect(await findSerious(page), `axe in ${colorScheme} at ${width} px`).toEqual([]);
    }
    // axe takes a page without a background of its own for white; the browser paints this one.
    const color = await page.evaluate<string>('getComputedStyle(document.body).color');
    expect(color).toBe(colorScheme === 'light' ? 'rgb(0, 0, 0)' : 'rgb(255, 255, 255)');
  }
  await context.close();
});
