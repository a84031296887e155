// What holds for every page: no serious finding of axe in either theme, no sideways scrolling from 400 px on.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { requirePart } from '@towpath/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSerious, launchBrowser, measureSideways, openPage } from './testing/browser.ts';
import { BUILD_PATIENCE_MS, buildConsole } from './testing/build-console.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { datakitsWorld, manyDatakitsWorld } from './testing/world-datakits.ts';
import { endsWorld } from './testing/world-ends.ts';
import { ENGINE_PIPELINE } from './testing/world-engine.ts';
import { environmentsWorld } from './testing/world-environments.ts';
import {
  DONE_ID,
  deployPlanWorld,
  emergencyWorld,
  hugeBoardWorld,
  NEW_RELEASE,
  noReleaseWorld,
  OLD_RELEASE,
  promotionsWorld,
  WAITING_ID,
} from './testing/world-promotions.ts';
import { brokenWorld, emptyWorld, engineWorld, hugeWorld, runIdOf, typicalWorld } from './testing/worlds.ts';

/** Largest first view as it is sent: start page, script and style, compressed. */
const FIRST_VIEW_BYTES = 400_000;

const PAGES = [
  { world: 'empty', path: '/runs' },
  { world: 'empty', path: '/pipelines' },
  { world: 'empty', path: '/schedules' },
  { world: 'empty', path: '/environment' },
  { world: 'empty', path: '/audit' },
  { world: 'empty', path: '/datakits' },
  { world: 'empty', path: '/board' },
  { world: 'empty', path: '/releases' },
  { world: 'empty', path: '/calendar' },
  { world: 'promotions', path: '/board' },
  { world: 'promotions', path: `/promotions/${WAITING_ID}` },
  { world: 'promotions', path: `/promotions/${DONE_ID}` },
  { world: 'promotions', path: '/releases' },
  { world: 'promotions', path: `/releases/${NEW_RELEASE.id}` },
  { world: 'promotions', path: `/releases/${OLD_RELEASE.id}?to=staging` },
  { world: 'promotions', path: '/calendar?environment=prod' },
  { world: 'emergency', path: `/promotions/${WAITING_ID}` },
  { world: 'emergency', path: '/board' },
  { world: 'emergency', path: '/calendar?environment=prod' },
  { world: 'deploy-plan', path: `/promotions/${WAITING_ID}` },
  { world: 'ends', path: '/releases' },
  { world: 'no-release', path: '/board' },
  { world: 'huge-board', path: '/board' },
  { world: 'datakits', path: '/datakits?environment=int' },
  { world: 'datakits-many', path: '/datakits' },
  { world: 'engine', path: '/schedules' },
  { world: 'engine', path: '/environment' },
  { world: 'engine', path: '/audit' },
  { world: 'environments', path: '/environment?environment=prod&beside=int' },
  { world: 'engine', path: `/pipelines/${ENGINE_PIPELINE}` },
  { world: 'engine', path: `/runs?view=grid&pipeline=${ENGINE_PIPELINE}` },
  { world: 'engine', path: '/runs?view=grid&pipeline=warehouse-01-nightly' },
  { world: 'engine', path: `/runs/${runIdOf(60)}` },
  { world: 'engine', path: `/runs/${runIdOf(70)}?view=graph` },
  { world: 'typical', path: '/runs' },
  { world: 'typical', path: '/runs?state=failed' },
  { world: 'typical', path: '/pipelines' },
  { world: 'typical', path: `/runs/${runIdOf(42)}` },
  { world: 'typical', path: `/runs/${runIdOf(41)}` },
  { world: 'typical', path: `/runs/${runIdOf(40)}?view=graph` },
  { world: 'typical', path: `/runs/${runIdOf(40)}?task=ingest-dbo-orders` },
  { world: 'typical', path: `/runs/${runIdOf(35)}?task=ingest-dbo-orders` },
  { world: 'huge', path: `/runs/${runIdOf(5000)}` },
  { world: 'huge', path: `/runs/${runIdOf(5000)}?view=graph` },
  { world: 'broken', path: '/runs' },
  { world: 'broken', path: '/pipelines' },
  { world: 'broken', path: '/environment' },
  { world: 'broken', path: '/runs?view=grid' },
  { world: 'broken', path: `/runs/${runIdOf(11)}` },
  { world: 'broken', path: `/runs/${runIdOf(999)}` },
  { world: 'closed', path: '/runs' },
  { world: 'closed', path: '/open#used' },
] as const;

let browser: Browser | undefined;
let folder: string | undefined;
const servers = new Map<string, TestServer>();

afterAll(async () => {
  await browser?.close();
  for (const server of servers.values()) await server.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

beforeAll(async () => {
  folder = await buildConsole();
}, BUILD_PATIENCE_MS);

/** The folder of the built console. */
function builtFolder(): string {
  if (folder === undefined) throw new Error('the console was not built');
  return folder;
}

async function startWorlds(): Promise<void> {
  const worlds = {
    empty: emptyWorld,
    typical: typicalWorld,
    engine: engineWorld,
    environments: environmentsWorld,
    datakits: datakitsWorld,
    'datakits-many': manyDatakitsWorld,
    promotions: promotionsWorld,
    emergency: emergencyWorld,
    'deploy-plan': deployPlanWorld,
    ends: endsWorld,
    'no-release': noReleaseWorld,
    'huge-board': hugeBoardWorld,
    huge: hugeWorld,
    broken: brokenWorld,
    closed: emptyWorld,
  };
  for (const [name, world] of Object.entries(worlds)) servers.set(name, await startTestServer(world(), builtFolder()));
  const closed = servers.get('closed');
  if (closed) closed.behaviour.isSignedIn = false;
}

test.for(PAGES)(
  '$world $path is sound in both themes, on a phone and on a desk',
  async ({ world, path }, testContext) => {
    browser ??= await launchBrowser(requirePart('chromium', testContext).path);
    if (servers.size === 0) await startWorlds();
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
  },
);

test('the first view is at most 400 kB over the wire, and holds neither graph nor layout engine', async () => {
  const built = builtFolder();
  const html = await readFile(join(built, 'index.html'), 'utf8');
  const assets = (await readdir(join(built, 'assets'))).filter((file) => html.includes(`"/assets/${file}"`));
  const scripts = assets.filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.filter((file) => /^(task-graph|elk-worker|audit-page|run-grid)/.test(file))).toEqual([]);
  const files = ['index.html', 'color-scheme.js', ...assets.map((file) => join('assets', file))];
  for (const encoding of ['br', 'gz']) {
    const sizes = await Promise.all(
      files.map(async (file) => (await readFile(join(built, `${file}.${encoding}`))).length),
    );
    expect(
      sizes.reduce((sum, size) => sum + size, 0),
      encoding,
    ).toBeLessThan(FIRST_VIEW_BYTES);
  }
});

test('every text file has its compressed twins, and they hold the same bytes', async () => {
  const built = builtFolder();
  const files = await readdir(built, { recursive: true });
  const texts = files.filter((file) => /\.(css|html|js|svg)$/.test(file));
  expect(texts.length).toBeGreaterThan(5);
  for (const file of texts) {
    const bytes = await readFile(join(built, file));
    expect(brotliDecompressSync(await readFile(join(built, `${file}.br`))).equals(bytes), file).toBe(true);
    expect(gunzipSync(await readFile(join(built, `${file}.gz`))).equals(bytes), file).toBe(true);
  }
});
