// A real Chromium with a new profile, without calls home.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Starts the Chromium at `path`, which `requirePart('chromium')` finds. */
export function launchBrowser(path: string): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram(path),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** playwright takes no bare name, so that is looked for where a shell would. */
function findProgram(path: string): string {
  if (path.includes('/')) return path;
  const folders = process.env.PATH?.split(delimiter) ?? [];
  return folders.map((folder) => join(folder, path)).find((file) => existsSync(file)) ?? path;
}

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

export interface OpenedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console of the browser complained about, and exceptions. */
  readonly complaints: string[];
}

/** Another test of this machine made or removed a network (a container's, a Pod's): Chromium drops what it asks for, and asks again. */
const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED';

/** A page in a context of its own, with axe at hand (added beside the page's policy, which stays in force). */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<OpenedPage> {
  const { colorScheme = 'light', width = 1280, height = 900 } = options;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height },
    timezoneId: 'Europe/Berlin',
    // Colours that are still fading would be measured as they are.
    reducedMotion: 'reduce',
  });
  await context.addInitScript(axe.source);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    if (isComplaint && !message.text().includes(NETWORK_CHANGED)) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  goAgainWhenDropped(page);
  return { context, page, complaints };
}

/** What a page is made of; without it there is none, and a browser does not ask for it again by itself. */
const PARTS = ['document', 'script', 'stylesheet'];
const MAX_VISITS = 5;

/** Makes `goto` repeat a visit of which a part was dropped as the network changed, as a person reloads an empty page. */
function goAgainWhenDropped(page: Page): void {
  const goOnce = page.goto.bind(page);
  let isDropped = false;
  page.on('requestfailed', (request) => {
    const isOfNetwork = request.failure()?.errorText === NETWORK_CHANGED;
    if (isOfNetwork && PARTS.includes(request.resourceType())) isDropped = true;
  });
  page.goto = async (...visit) => {
    for (let visits = 1; ; visits += 1) {
      isDropped = false;
      const response = await goOnce(...visit).catch((thrown: unknown) => {
        if (!isDropped || visits === MAX_VISITS) throw thrown;
        return null;
      });
      if (!isDropped || visits === MAX_VISITS) return response;
    }
  };
}

/** Serious and critical findings of axe, as lines. */
export async function findSerious(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
}

/** How far the page can be scrolled sideways, in CSS pixels. */
export function measureSideways(page: Page): Promise<number> {
  // A text, because tests of the repository, which are compiled without the types of a browser, use this file too.
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
