// A real Chromium with a new profile, without calls home.
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where Chromium is expected. */
export const CHROMIUM_PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Reason to skip browser tests, or undefined. In CI nothing is skipped: an absent browser fails there. */
export function reasonToSkip(): string | undefined {
  if (process.env.CI || existsSync(CHROMIUM_PATH)) return undefined;
  return `no Chromium at ${CHROMIUM_PATH}; set CHROMIUM_PATH`;
}

/** Starts Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM_PATH,
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
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { context, page, complaints };
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
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
