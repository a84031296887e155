// The inventory in a real Chromium: which version is where, what is wrong with it in words, what ran last.
import { expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
import { datakitsWorld } from './testing/world-datakits.ts';
import { emptyWorld, runIdOf, typicalWorld } from './testing/worlds.ts';

const { start, visit, expectNoComplaints } = setUpPages();

test('A19 the matrix says version, digest, drift and incompatibility of each environment in words', async () => {
  await start(datakitsWorld());
  const page = await visit('/datakits?environment=int');
  await page.getByRole('heading', { level: 1, name: '3 of 4 datakits need a look' }).waitFor();
  const matrix = page.getByRole('region', { name: 'Datakits by environment' });
  for (const name of [
    /^local folders of the agent, Towpath 0\.1\.0/,
    /^int registry/,
    /^qa registry/,
    /^prod production/,
  ])
    await matrix.getByRole('columnheader', { name }).waitFor();
  const row = matrix.getByRole('row', { name: /^sqlserver-bronze/ });
  await row.getByText('1.3.3 is not the content that int has under this version.').waitFor();
  await row.getByText('1.3.3 is not the content that ran last under this version (sha256:5ca1ab1e5ca1).').waitFor();
  await row.getByText('drift', { exact: true }).first().waitFor();
  const rest = matrix.getByRole('row', { name: /^rest/ });
  await rest.getByText('2.0.0 needs Towpath 0.9.0, and 0.1.0 would run it.').waitFor();
  await rest.getByText('incompatible', { exact: true }).waitFor();
  await rest.getByText('behind', { exact: true }).waitFor();
  const dbt = matrix.getByRole('row', { name: /^dbt/ });
  await dbt.getByText('registry did not answer').waitFor();
  await dbt.getByText('connect ECONNREFUSED', { exact: false }).waitFor();
  await dbt.getByText('0.1.0 is named by pipelines, and is not there.').waitFor();
  expectNoComplaints();
});

test('an old report says its age, and a fresh one replaces it without a reload', async () => {
  const { world, emit } = await start(datakitsWorld());
  const page = await visit('/datakits?environment=int');
  await page.getByRole('columnheader', { name: /stale: as it was 3 h ago/ }).waitFor();
  for (const cell of world.datakits.flatMap(({ environments }) => environments))
    if (cell.observed) cell.observed.at = new Date().toISOString();
  emit('environment.changed');
  await page.getByRole('columnheader', { name: /^prod production.*seen just now/ }).waitFor();
  expect(await page.getByText('stale', { exact: false }).count()).toBe(0);
  expectNoComplaints();
});

test('by keyboard: to the page, to a digest that copies whole, to the last run', async () => {
  await start(datakitsWorld());
  const page = await visit('/runs?environment=int');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.getByRole('heading', { level: 1, name: /need a look/ }).waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy digest of files 1.2.0 in qa' }).focus();
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`sha256:${'5ca1ab1e'.repeat(8)}`);
  await page.getByRole('link', { name: 'nightly-qa #40' }).first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/runs\/[0-9a-f-]+\?/);
  expect(new URL(page.url()).searchParams.get('environment')).toBe('qa');
  expectNoComplaints();
});

test('on a phone each environment is named in its cell, with the age of its report', async () => {
  await start(datakitsWorld());
  const page = await visit('/datakits?environment=int', { width: 400, height: 860 });
  await page.getByText('stale: as it was 3 h ago').last().waitFor();
  await page.getByText('folders of the agent, Towpath 0.1.0').last().waitFor();
  expect(await page.getByText('stale: as it was 3 h ago').last().isVisible()).toBe(true);
  expectNoComplaints();
});

test('an attempt that ran in Docker says which image it ran, by a digest that copies whole', async () => {
  await start(typicalWorld());
  const page = await visit(`/runs/${runIdOf(40)}?task=ingest-dbo-orders`, { width: 400, height: 860 });
  await page.getByText("docker, decided by the environment's declaration", { exact: false }).waitFor();
  await page.getByText('registry.localhost/datakits/sqlserver-bronze:0.1.0').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy image digest' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`sha256:${'5ca1ab1e'.repeat(8)}`);
  expectNoComplaints();
});

test('without datakits the page says what to type', async () => {
  await start(emptyWorld());
  const page = await visit('/datakits');
  await page.getByText('npx towpath datakit new line-counter').waitFor();
  expectNoComplaints();
});

test('a server that fails is said, with a way to ask again', async () => {
  await start(datakitsWorld(), (server) => {
    server.behaviour.problem = { status: 500, code: 'INTERNAL_ERROR', title: 'Something failed.' };
  });
  const page = await visit('/datakits');
  await page.getByRole('heading', { level: 1, name: "The datakits can't be shown" }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
});
