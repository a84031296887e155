// What holds for every page: no serious finding of axe in either theme, no sideways scrolling from 400 px on.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findSerious, launchBrowser, measureSideways, openPage, reasonToSkip } from './testing/browser.ts';
import { buildConsole } from './testing/build-console.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { brokenWorld, emptyWorld, hugeWorld, runIdOf, typicalWorld } from './testing/worlds.ts';

/** Largest first view, compressed. */
const FIRST_VIEW_BYTES = 400_000;

const PAGES = [
  { world: 'empty', path: '/runs' },
  { world: 'empty', path: '/pipelines' },
  { world: 'typical', path: '/runs' },
  { world: 'typical', path: '/runs?state=failed' },
  { world: 'typical', path: '/pipelines' },
  { world: 'typical', path: `/runs/${runIdOf(42)}` },
  { world: 'typical', path: `/runs/${runIdOf(41)}` },
  { world: 'typical', path: `/runs/${runIdOf(40)}?view=graph` },
  { world: 'huge', path: `/runs/${runIdOf(5000)}` },
  { world: 'huge', path: `/runs/${runIdOf(5000)}?view=graph` },
  { world: 'broken', path: '/runs' },
  { world: 'broken', path: '/pipelines' },
  { world: 'broken', path: `/runs/${runIdOf(11)}` },
  { world: 'broken', path: `/runs/${runIdOf(999)}` },
  { world: 'closed', path: '/runs' },
  { world: 'closed', path: '/open#used' },
] as const;

const skipReason = reasonToSkip();
let browser: Browser;
let folder: string;
const servers = new Map<string, TestServer>();

beforeAll(async () => {
  if (skipReason) return;
  [folder, browser] = await Promise.all([buildConsole(), launchBrowser()]);
  const worlds = { empty: emptyWorld, typical: typicalWorld, huge: hugeWorld, broken: brokenWorld, closed: emptyWorld };
  for (const [name, world] of Object.entries(worlds)) servers.set(name, await startTestServer(world(), folder));
  const closed = servers.get('closed');
  if (closed) closed.behaviour.isSignedIn = false;
});

afterAll(async () => {
  await browser?.close();
  for (const server of servers.values()) await server.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if (skipReason) context.skip(skipReason);
});

test.each(PAGES)('$world $path is sound in both themes, on a phone and on a desk', async ({ world, path }) => {
  const { page, context } = await openPage(browser);
  await page.goto(`${servers.get(world)?.url}${path}`);
  await page.waitForFunction(
    () => document.querySelector('h1, [role=alert]') && !document.querySelector('[aria-busy=true]'),
  );
  for (const width of [400, 1600, 2500]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await measureSideways(page), `sideways at ${width} px`).toBe(0);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [400, 1600]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      expect(await findSerious(page), `axe in ${colorScheme} at ${width} px`).toEqual([]);
    }
  }
  await context.close();
});

test('the first view is at most 400 kB compressed, and holds neither graph nor layout engine', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const files = (await readdir(join(folder, 'assets'))).filter((file) => html.includes(file));
  expect(files.filter((file) => file.endsWith('.js'))).toHaveLength(1);
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(folder, 'assets', file))).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_VIEW_BYTES);
});
