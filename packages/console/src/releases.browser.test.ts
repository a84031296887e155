// Releases and the calendar in a real Chromium.
import { expect, test } from 'vitest';
import { measureSideways } from './testing/browser.ts';
import { setUpPages } from './testing/set-up-pages.ts';
import { endsWorld } from './testing/world-ends.ts';
import { emergencyWorld, NEW_RELEASE, OLD_RELEASE, promotionsWorld } from './testing/world-promotions.ts';
import { emptyWorld } from './testing/worlds.ts';

const { start, visit, expectNoComplaints } = setUpPages();

test('A63 the list says where each release runs, and what was promoted; a release says what is in it and where it is', async () => {
  await start(promotionsWorld());
  const page = await visit('/releases');
  await page.getByRole('heading', { level: 1, name: '2 releases, 2 of them run somewhere' }).waitFor();
  const row = page
    .getByRole('table', { name: 'Releases' })
    .getByRole('row', { name: /^v1\.3\.3 markets int, staging/ });
  await row.waitFor();
  const promotions = page.getByRole('table', { name: 'Promotions' });
  await promotions.getByRole('row', { name: /^Waiting v1\.3\.3 to prod .* rita 2 of 7 gates wait/ }).waitFor();
  await promotions
    .getByRole('row', {
      name: /^Denied v1\.3\.2 to prod .* it was denied by its gates: The policy wants a rollback plan/,
    })
    .waitFor();
  await row.getByRole('link', { name: 'v1.3.3' }).click();
  await page.getByRole('heading', { level: 1, name: 'v1.3.3 runs in int, staging, is on its way to prod' }).waitFor();
  await page.getByText('Trades without a venue are quarantined, no longer dropped.', { exact: false }).waitFor();
  const bill = page.getByRole('region', { name: 'Bill of materials' });
  await bill.getByText('3 pipelines').waitFor();
  await bill.getByText('pipelines/surveillance.ts').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await bill.getByRole('button', { name: 'Copy release id' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(NEW_RELEASE.id);
  expectNoComplaints();
});

test('on a phone names stay whole, tables scroll in their own box, and the form fits', async () => {
  await start(endsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit('/releases');
  await page.setViewportSize({ width: 400, height: 860 });
  const isOneLine = (name: string) =>
    page
      .getByRole('cell', { name, exact: true })
      .first()
      .evaluate((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size === 1;
      });
  expect(await isOneLine('markets')).toBe(true);
  expect(await isOneLine('rita')).toBe(true);
  await page.goto(page.url().replace(/releases.*/, `releases/${NEW_RELEASE.id}`));
  await page.getByRole('region', { name: 'Compare' }).getByRole('table').waitFor();
  expect(await isOneLine('changed')).toBe(true);
  await page.goto(page.url().concat('?to=prod'));
  const form = page.getByRole('region', { name: 'Promote to prod' });
  await form.getByLabel('Rollback plan').fill('x'.repeat(300));
  await form.getByLabel('This is an emergency').check();
  await form.getByRole('textbox', { name: "Why it can't wait" }).fill('y'.repeat(300));
  await form.getByRole('list', { name: 'Gates' }).getByText('Skipped').waitFor();
  const wider = await form.evaluate((element) =>
    [...element.querySelectorAll('*')]
      .filter((part) => part.getBoundingClientRect().right > 400)
      .map((part) => part.outerHTML.slice(0, 120)),
  );
  expect(wider).toEqual([]);
  expect(await measureSideways(page)).toBe(0);
  expectNoComplaints();
});

test('each end has its own word and reason, and a rollback says from what it went back and why', async () => {
  await start(endsWorld());
  const page = await visit('/releases');
  const table = page.getByRole('table', { name: 'Promotions' });
  for (const name of [
    /^Refused v1\.3\.3 to prod .* it was refused by lea: rows of the clearing house are missing$/,
    /^Denied v1\.3\.3 to prod .* it was denied by its gates: The policy wants a rollback plan/,
    /^Aborted v1\.3\.3 to prod .* it was aborted: too late today$/,
    /^Superseded v1\.3\.3 to prod .* it was superseded: Another promotion took its place\.$/,
    /^Errored v1\.3\.3 to prod .* it failed technically: prod-a could not load it\.$/,
    /^Succeeded v1\.3\.2 back in prod .* it took effect; back from v1\.3\.3; why: orders load twice$/,
  ])
    await table.getByRole('row', { name }).waitFor();
  await table.getByRole('link', { name: 'v1.3.2 back in prod' }).click();
  await page.getByRole('heading', { level: 1, name: 'prod is back at v1.3.2' }).waitFor();
  await page.getByText('Back from', { exact: true }).waitFor();
  await page.getByText('orders load twice').first().waitFor();
  await page.getByRole('link', { name: 'v1.3.3', exact: true }).waitFor();
  expectNoComplaints();
});

test('A63 it is compared with the one before, or with any other that the address names', async () => {
  await start(promotionsWorld());
  const page = await visit(`/releases/${NEW_RELEASE.id}`);
  const compare = page.getByRole('region', { name: 'Compare' });
  await compare.getByRole('row', { name: 'Pipeline positions added – f005ba11f005' }).waitFor();
  await compare.getByText('npx towpath release diff v1.3.2 v1.3.3').waitFor();
  await page.goto(page.url().replace(NEW_RELEASE.id, OLD_RELEASE.id).concat(`?with=${NEW_RELEASE.id}`));
  await compare.getByRole('row', { name: 'Pipeline positions removed f005ba11f005 –' }).waitFor();
  expectNoComplaints();
});

test('a changelog is read with its lists, bold and code, and nothing in it is HTML', async () => {
  await start(promotionsWorld(), ({ world }) => {
    const [newest] = world.promotions.releases;
    if (newest) newest.changelog = '- **tick** every morning\n- `<img src=x onerror=alert(1)>` <b>stays</b>';
  });
  const page = await visit(`/releases/${NEW_RELEASE.id}`);
  const items = page.getByRole('region', { name: 'Changelog' }).getByRole('listitem');
  await items.filter({ hasText: 'tick every morning' }).locator('strong', { hasText: 'tick' }).waitFor();
  await items.filter({ hasText: '<b>stays</b>' }).locator('code', { hasText: '<img src=x' }).waitFor();
  expectNoComplaints();
});

test('on a phone a table that goes on at the side has a shadow there', async () => {
  await start(promotionsWorld());
  const page = await visit(`/releases/${NEW_RELEASE.id}`, { width: 400 });
  const table = page.getByRole('region', { name: 'v1.3.2 and v1.3.3 side by side' });
  await table.waitFor();
  const [isCut, attachments] = await table.evaluate((element) => [
    element.scrollWidth > element.clientWidth,
    getComputedStyle(element).backgroundAttachment,
  ]);
  expect(isCut).toBe(true);
  // Two covers that move with the table, over two shadows that do not.
  expect(attachments).toMatch(/^local, local, scroll, scroll/);
});

test('without releases the page says how to record one', async () => {
  await start(emptyWorld());
  const page = await visit('/releases');
  await page.getByText('npx towpath release create v1.0.0').waitFor();
  expectNoComplaints();
});

test('A69 the calendar says whether one may, when next, and why a day is closed when it is chosen', async () => {
  await start(promotionsWorld());
  const page = await visit('/calendar?environment=prod');
  await page.getByRole('heading', { level: 1, name: 'prod is open to promotions' }).waitFor();
  await page.getByRole('link', { name: /closed: MiFIR filing, / }).click();
  const why = page.getByRole('region', { name: 'Why closed' });
  await why.getByText('Filing date', { exact: true }).waitFor();
  await why.getByText('MiFIR filing', { exact: true }).waitFor();
  await why.getByText(/npx towpath freeze show prod --at \d{4}-\d\d-\d\dT12:00Z/).waitFor();
  await page.reload();
  await why.getByText('Filing date', { exact: true }).waitFor();
  await page.getByRole('link', { name: /09:00–16:00; else closed: outside of mon, tue, wed, thu/ }).click();
  await why.getByRole('heading', { name: /: open 09:00–16:00$/ }).waitFor();
  // The browser of the tests is in Berlin, the calendar in UTC: an hour apart in winter, two in summer.
  await why.getByText(/^For you from \w{3} [\d-]{10} 1[01]:00 to \w{3} [\d-]{10} 1[78]:00$/).waitFor();
  expect(await why.getByText('Weekly windows', { exact: true }).count()).toBe(2);
  expectNoComplaints();
});

test('A69 who may stops the line, with a reason and production named, and lifts it again', async () => {
  const { received } = await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit('/calendar?environment=prod');
  await page.getByRole('button', { name: 'Stop the line… in prod' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('incident 4711');
  await dialog.getByLabel('Until').fill('2026-12-24T10:00');
  await dialog
    .getByText("npx towpath freeze declare prod --reason 'incident 4711' --until 2026-12-24T09:00:00.000Z")
    .waitFor();
  await dialog.getByLabel('Type prod to confirm').fill('prod');
  await dialog.getByRole('button', { name: 'Declare the freeze', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: /^prod is closed: incident 4711/ }).waitFor();
  expect(received[0]?.body).toEqual({
    environment: 'prod',
    reason: 'incident 4711',
    endsAt: '2026-12-24T09:00:00.000Z',
  });
  await page.getByRole('button', { name: 'Lift… the freeze of prod: incident 4711' }).click();
  const lift = page.getByRole('dialog');
  await lift.getByLabel('Type prod to confirm').fill('prod');
  await lift.getByRole('button', { name: 'Lift it', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'prod is open to promotions' }).waitFor();
  expectNoComplaints();
});

test('a freeze says who declared it and until when; who may not lift it is not offered to', async () => {
  await start(emergencyWorld());
  const page = await visit('/calendar?environment=prod');
  await page
    .getByRole('heading', { level: 1, name: 'prod is closed: incident 4711; opens when the freeze is lifted' })
    .waitFor();
  const freezes = page.getByRole('region', { name: 'Declared freezes' });
  await freezes.getByText(/until it is lifted; declared by rita/).waitFor();
  expect(await freezes.getByRole('button').count()).toBe(0);
  await page.getByRole('combobox', { name: 'Environment' }).click();
  await page.getByRole('option', { name: 'int' }).click();
  await page.waitForURL(/environment=int/);
  await freezes.getByText('Nobody has declared a freeze here.').waitFor();
  await freezes.getByRole('button', { name: 'Stop the line… in int' }).waitFor();
  expectNoComplaints();
});

test('by keyboard: to releases and calendar, and without environments they teach', async () => {
  await start(emptyWorld());
  const page = await visit('/runs');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { level: 1, name: 'No release yet' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('heading', { level: 1, name: 'No environment takes releases yet' }).waitFor();
  expectNoComplaints();
});
