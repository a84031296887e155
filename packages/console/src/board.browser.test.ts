// The board in a real Chromium: what runs where, what waits for what; with a thousand cells as quick as with nine.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
import { hugeBoardWorld, noReleaseWorld, promotionsWorld } from './testing/world-promotions.ts';
import { emptyWorld, typicalWorld } from './testing/worlds.ts';

const { start, visit, expectNoComplaints } = setUpPages();

test('a cell says release, since when, last runs, what waits and until when, and where it drifts', async () => {
  await start(promotionsWorld());
  const page = await visit('/board');
  await page
    .getByRole('heading', {
      level: 1,
      name: /^v1\.3\.3 to prod: 2 of 7 gates wait · not before \w{3} \d\d:\d\d; 1 environment drifts/,
    })
    .waitFor();
  const project = page.getByRole('row', { name: /^markets/ });
  const prod = project.getByRole('cell', { name: /^prod/ });
  await prod.getByRole('link', { name: 'v1.3.2' }).waitFor();
  await prod.getByText('for 8 d').waitFor();
  await prod.getByRole('img', { name: 'Last 4: 3 succeeded, 1 failed; 2 with v1.3.2 (underlined)' }).waitFor();
  await prod.getByText(/2 of 7 gates wait · not before/).waitFor();
  await project
    .getByRole('cell', { name: /^staging/ })
    .getByText('staging-b has v1.3.2, not v1.3.3')
    .waitFor();
  const positions = page.getByRole('row', { name: /^positions/ });
  await positions.getByText('comes with v1.3.3').waitFor();
  await positions
    .getByRole('link', { name: /^Succeeded/ })
    .first()
    .waitFor();
  await prod.getByRole('link', { name: 'v1.3.3 waiting' }).click();
  await page.getByRole('heading', { level: 1, name: /^v1\.3\.3 waits for prod/ }).waitFor();
  expect(await page.title()).toBe('PRODUCTION · v1.3.3 to prod · prod · Towpath');
  expectNoComplaints();
});

test('right after a promotion a cell has the runs of before, and says that none was with it', async () => {
  await start(promotionsWorld(), ({ world }) => {
    const [int] = world.promotions.rows;
    if (int) int.areOfRelease = int.lastRuns.map(() => false);
  });
  const page = await visit('/board');
  const int = page.getByRole('row', { name: /^markets/ }).getByRole('cell', { name: /^int/ });
  await int.getByRole('img', { name: 'Last 4: 3 succeeded, 1 failed; none with v1.3.3' }).waitFor();
  await int.getByText('not run with it yet').waitFor();
  expectNoComplaints();
});

test('is the first page where releases come to environments; else the runs are', async () => {
  await start(promotionsWorld());
  const page = await visit('/');
  await page.waitForURL('**/board');
  await page.getByRole('heading', { level: 1, name: /^v1\.3\.3 to prod/ }).waitFor();
  expectNoComplaints();
});

test('a laptop begins at its runs, and its board teaches how to declare environments', async () => {
  await start(typicalWorld());
  const page = await visit('/');
  await page.waitForURL('**/runs');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await page.getByRole('heading', { level: 1, name: 'No environment takes releases yet' }).waitFor();
  await page.getByText('npx towpath environment apply').waitFor();
  expectNoComplaints();
});

test('without a release it says how to record and promote one', async () => {
  await start(noReleaseWorld());
  const page = await visit('/board');
  await page.getByText('npx towpath release create v1.0.0').waitFor();
  await page.getByText('npx towpath promote v1.0.0 --to int').waitFor();
  expectNoComplaints();
});

test('lives by events: what is told to an environment is there without a reload', async () => {
  const { world, emit } = await start(promotionsWorld());
  const page = await visit('/board');
  await page.getByText('Live', { exact: true }).waitFor();
  const [, staging] = world.promotions.rows;
  if (!staging) throw new Error('no staging');
  staging.agents = staging.agents.slice(0, 1);
  const prod = world.promotions.rows[2];
  if (prod) prod.promotion = null;
  emit('environment.changed');
  await page
    .getByRole('heading', { level: 1, name: '3 environments, nothing waits; 1 pipeline failed last' })
    .waitFor();
  expectNoComplaints();
});

test('only who may promote is offered it', async () => {
  await start(promotionsWorld(), ({ world, behaviour }) => {
    behaviour.role = 'viewer';
    const staging = world.promotions.rows[1];
    if (staging) staging.deployment = null;
  });
  const page = await visit('/board');
  await page.getByRole('row', { name: /^markets/ }).waitFor();
  expect(await page.getByRole('link', { name: /^Promote/ }).count()).toBe(0);
});

test('what the environment before runs is offered to who may promote it', async () => {
  await start(promotionsWorld(), ({ world, behaviour }) => {
    behaviour.role = 'release-manager';
    const staging = world.promotions.rows[1];
    if (staging) staging.deployment = null;
  });
  const page = await visit('/board');
  await page.getByRole('link', { name: 'Promote v1.3.3 to staging…' }).click();
  await page.getByRole('region', { name: 'Promote to staging' }).waitFor();
  expectNoComplaints();
});

test('1,000 cells: usable after less than a second of work, smooth, few lines are drawn, and it scrolls to the last', async () => {
  await start(hugeBoardWorld());
  const page = await visit('/board');
  const first = page.getByRole('row', { name: /^warehouse-1-nightly/ });
  await first.waitFor();
  const measureWork = await startMeasuring(page);
  await page.reload();
  await first.waitFor();
  await page.getByRole('textbox', { name: /^Filter by/ }).focus();
  expect(await measureWork(), 'ms of work until one can type into the filter').toBeLessThan(1000);
  await page.evaluate(scrollThrough, STEPS);
  expect((await measureWork()) / STEPS, 'ms of work for a step of scrolling').toBeLessThan(100);
  expect(await page.getByRole('row').count()).toBeLessThan(60);
  expect(await page.getByRole('table', { name: 'Board' }).getAttribute('aria-rowcount')).toBe('251');
  const last = page.getByRole('row', { name: /^warehouse-250-nightly/ });
  await expect
    .poll(
      async () => {
        await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
        return last.count();
      },
      { timeout: 25_000 },
    )
    .toBe(1);
  expectNoComplaints();
});

const STEPS = 25;

/**
 * Measures what the page's thread worked (ms) since it was asked last. Not the clock on the wall: while other tests run beside it,
 * that measures them. Alone on two cores the page is usable after 0.5 s.
 */
async function startMeasuring(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  let before = await read();
  return async () => {
    const now = await read();
    const worked = now - before;
    before = now;
    return worked;
  };
}

/** Scrolls on in steps of a third of a screen. */
async function scrollThrough(steps: number): Promise<void> {
  for (let index = 0; index < steps; index += 1) {
    window.scrollBy(0, 300);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }
}

test('is filtered by name and by what is open, and the address keeps it', async () => {
  await start(hugeBoardWorld());
  const page = await visit('/board');
  await page.getByRole('row', { name: /^warehouse-1-nightly/ }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('warehouse-24');
  await page.getByRole('row', { name: /^warehouse-240-nightly/ }).waitFor();
  await page.waitForURL(/find=warehouse-24/);
  await expect.poll(() => page.getByRole('row').count()).toBe(12);
  await page.reload();
  await page.getByRole('row', { name: /^warehouse-240-nightly/ }).waitFor();
  await page.getByText('Waits, drifts or failed').click();
  await page.waitForURL(/only=open/);
  await page.getByRole('textbox', { name: /^Filter by/ }).fill('nothing-like-it');
  await page.getByRole('heading', { name: 'Nothing like that is on the board' }).waitFor();
  expectNoComplaints();
});

test('a server that fails is said, with a way to ask again', async () => {
  await start(emptyWorld(), (server) => {
    server.behaviour.problem = { status: 500, code: 'INTERNAL_ERROR', title: 'Something failed.' };
  });
  const page = await visit('/board');
  await page.getByRole('heading', { level: 1, name: "The board can't be shown" }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
});
