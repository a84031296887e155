// Pages in a real Chromium over a world in memory: one browser and one build for a test file, a server for each test.
import { rm } from 'node:fs/promises';
import { requirePart } from '@towpath/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser, type OpenedPage, openPage, type PageOptions } from './browser.ts';
import { BUILD_PATIENCE_MS, buildConsole } from './build-console.ts';
import type { World } from './fixtures.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Longest a page may take to show what is expected; generous, because machines under test are busy. */
const PATIENCE_MS = 25_000;

export interface Pages {
  /** Starts the server of this test; `change` comes before any page is opened. */
  readonly start: (world: World, change?: (server: TestServer) => void) => Promise<TestServer>;
  /** Opens a page of it. */
  readonly visit: (path: string, options?: PageOptions) => Promise<Page>;
  /** What the browser's console complained about must be nothing. */
  readonly expectNoComplaints: () => void;
}

/** Sets up a test file: call it once, at its top. */
export function setUpPages(): Pages {
  let browser: Browser | undefined;
  let folder: string | undefined;
  let server: TestServer | undefined;
  let opened: OpenedPage | undefined;
  beforeAll(async () => {
    folder = await buildConsole();
  }, BUILD_PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async (context) => {
    browser ??= await launchBrowser(requirePart('chromium', context).path);
  });
  afterEach(async () => {
    await opened?.context.close();
    await server?.close();
    opened = undefined;
    server = undefined;
  });
  return {
    start: async (world, change = () => {}) => {
      server = await startTestServer(world, folder);
      change(server);
      return server;
    },
    visit: async (path, options = {}) => {
      if (!server || !browser) throw new Error('no server was started');
      opened = await openPage(browser, options);
      opened.page.setDefaultTimeout(PATIENCE_MS);
      await opened.page.goto(server.url + path);
      return opened.page;
    },
    expectNoComplaints: () => expect(opened?.complaints).toEqual([]),
  };
}
