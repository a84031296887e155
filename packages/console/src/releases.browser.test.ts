// Releases and the calendar in a real Chromium.
import { expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
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
    .getByRole('row', { name: /^Refused v1\.3\.2 to prod .* The policy wants a rollback plan/ })
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
  await page.getByRole('link', { name: /closed by MiFIR filing, / }).click();
  const why = page.getByRole('region', { name: 'Why closed' });
  await why.getByText('Filing date', { exact: true }).waitFor();
  await why.getByText('MiFIR filing', { exact: true }).waitFor();
  await why.getByText(/npx towpath freeze show prod --at \d{4}-\d\d-\d\dT12:00Z/).waitFor();
  await page.reload();
  await why.getByText('Filing date', { exact: true }).waitFor();
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
  await page.getByRole('heading', { level: 1, name: /^prod is closed by incident 4711/ }).waitFor();
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
  await page.getByRole('heading', { level: 1, name: 'prod is closed by incident 4711 until it is lifted' }).waitFor();
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
