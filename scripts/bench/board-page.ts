// The page of the board in a real Chromium without a graphics card: how soon it can be used, and how it scrolls.
import { requirePart } from '@towpath/testkit';
import type { Page } from 'playwright-core';
import { launchBrowser, openPage } from '../../packages/console/src/testing/browser.ts';
import { type BenchRow, summarize } from './rows.ts';

const VISITS = 5;
/** A step a frame: the 250 pipelines in six seconds, which is faster than anybody reads them. */
const STEP_PX = 40;
/** A screen of 60 Hz shows a frame every 16.7 ms; one that comes after more than one and a half of it was missed. */
const LATE_FRAME_MS = 25;

export interface BoardPlace {
  readonly url: string;
  /** A link that opens the console, each time it is asked for a new one. */
  link(): Promise<string>;
}

interface Visit {
  readonly usableMs: number;
  readonly framesMs: readonly number[];
}

/** Visits the board several times, each in a new browser profile: nothing is cached. */
export async function measureBoardPage(place: BoardPlace): Promise<readonly BenchRow[]> {
  const chromium = requirePart('chromium');
  if (!chromium.available) throw new Error(chromium.reason);
  const browser = await launchBrowser(chromium.path);
  try {
    const visits: Visit[] = [];
    for (let visit = 0; visit < VISITS; visit += 1) {
      const { context, page } = await openPage(browser);
      visits.push(await visitBoard(page, place));
      await context.close();
    }
    return toRows(visits);
  } finally {
    await browser.close();
  }
}

async function visitBoard(page: Page, { url, link }: BoardPlace): Promise<Visit> {
  // Signing in is not what is measured; the cookie is kept, and what the page of it brought is asked for again.
  await page.goto(`${url}/open#${await link()}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto('about:blank');
  await page.goto(`${url}/board`, { waitUntil: 'commit' });
  const usableMs = await page.evaluate<number>(UNTIL_USABLE);
  const framesMs = await page.evaluate<number[]>(SCROLL_THROUGH);
  const last = page.getByRole('row', { name: /^p249/ });
  if ((await last.count()) !== 1) throw new Error('the board was not scrolled to its last line');
  return { usableMs, framesMs };
}

// Texts, because scripts are compiled without the types of a browser.

/** Since the navigation: lines stand there, the filter takes what is typed, and the thread has got round to painting it. */
const UNTIL_USABLE = `(async () => {
  const turn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const field = () => document.querySelector('[data-search]');
  while (!document.querySelector('tr[data-line=pipeline]') || !field()) await turn();
  field().focus();
  await turn();
  return performance.now();
})()`;

/** To the end of the page, a step a frame; how long each frame took. */
const SCROLL_THROUGH = `(async () => {
  const frames = [];
  const frame = () => new Promise(requestAnimationFrame);
  let before = await frame();
  const root = document.documentElement;
  while (root.scrollTop + root.clientHeight < root.scrollHeight - 1) {
    window.scrollBy({ top: ${STEP_PX}, behavior: 'instant' });
    const now = await frame();
    frames.push(now - before);
    before = now;
  }
  return frames;
})()`;

function toRows(visits: readonly Visit[]): readonly BenchRow[] {
  const usable = {
    id: 'board-usable',
    what: 'its page: until it can be used, nothing cached',
    unit: 'ms',
    mark: 1000,
  } as const;
  const late = {
    id: 'board-late-frames',
    what: `its page scrolled through: frames later than ${LATE_FRAME_MS} ms`,
    unit: '%',
  } as const;
  const longest = {
    id: 'board-longest-frame',
    what: 'its page scrolled through: the longest frame',
    unit: 'ms',
    mark: 100,
  } as const;
  const shares = visits.map(
    ({ framesMs }) => (100 * framesMs.filter((ms) => ms > LATE_FRAME_MS).length) / framesMs.length,
  );
  return [
    summarize(
      usable,
      visits.map(({ usableMs }) => usableMs),
    ),
    summarize(late, shares),
    summarize(
      longest,
      visits.map(({ framesMs }) => Math.max(...framesMs)),
    ),
  ];
}
