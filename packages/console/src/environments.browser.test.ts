// The page of an environment in a real Chromium: is it the one I think, does it differ from another, was anybody told.
import { expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
import { environmentsWorld } from './testing/world-environments.ts';
import { emptyWorld } from './testing/worlds.ts';

const { start, visit, expectNoComplaints } = setUpPages();

test('A88 production says its name, its kind, what it owns, and that a target is not its own', async () => {
  await start(environmentsWorld());
  const page = await visit('/environment?environment=prod');
  const identity = page.getByRole('region', { name: 'Identity' });
  await identity.getByText('hosts *.prod.example', { exact: false }).waitFor();
  await identity.getByText('cpu 2, memory 4Gi, workers 4, retentionDays 365').waitFor();
  await identity.getByText('slack of warning, critical').waitFor();
  await identity.getByText('postgres, belongs to int; tasks that use it do not start').waitFor();
  const headline = page.getByRole('heading', { level: 1 });
  await headline.getByText('Tasks that use target bronze do not start; the configuration has a problem').waitFor();
  await page.getByText('Environment prod is of kind production.').waitFor();
  await page.getByText('bronze prod-bronze-zone, silver prod-silver-zone, gold prod-gold-zone').waitFor();
  expect(await page.title()).toMatch(/^PRODUCTION|^PROD/);
  expectNoComplaints();
});

test('A89 what could not be told is said first, with the sink and what it met', async () => {
  const { world, emit } = await start(environmentsWorld());
  const page = await visit('/environment?environment=prod');
  const told = page.getByRole('region', { name: 'Notifications' });
  await told.getByText('1 of the last could not be told to anybody.').waitFor();
  await told.getByText('slack: failed after 40 tries, HTTP_404').waitFor();
  await told.getByText('mail: waiting after 2 tries, SMTP_451', { exact: false }).waitFor();
  await told.getByRole('link', { name: '[PROD] nightly-prod #7 failed' }).waitFor();
  world.notifications = [];
  emit('notification.changed');
  await told.getByText('Nothing failed, fell silent or was missed.').waitFor();
  expectNoComplaints();
});

test('two environments lie beside each other, what differs is marked, and the address keeps it', async () => {
  await start(environmentsWorld());
  const page = await visit('/environment?environment=prod');
  const configuration = page.getByRole('region', { name: 'Configuration' });
  await configuration
    .getByRole('row', { name: /^API_URL https:\/\/api\.prod\.example\/v1 envFile, config\/\.env\.prod:3/ })
    .waitFor();
  await configuration.getByText('[PROD] API_URL names a host that int owns.', { exact: false }).waitFor();
  await configuration.getByRole('combobox', { name: 'Beside' }).selectOption('int');
  const summary = '1 must not differ, 1 may differ, 3 follow from the environment.';
  await configuration.getByText(summary).waitFor();
  for (const name of ['prod', 'int', 'Difference'])
    await configuration.getByRole('columnheader', { name, exact: true }).waitFor();
  const source = 'envFile, config\\/\\.env\\.prod:3 meets type, owner';
  const [prod, int] = ['prod', 'int'].map((name) => `https:\\/\\/api\\.${name}\\.example\\/v1 ?${source}`);
  await configuration.getByRole('row', { name: new RegExp(`^API_URL ${prod} ${int} may differ$`) }).waitFor();
  await configuration.getByRole('row', { name: /^LOG_LEVEL INFO.* DEBUG.* must not differ$/ }).waitFor();
  await configuration.getByRole('row', { name: /^PASSWORD secret:\/\/warehouse#password secret/ }).waitFor();
  expect(new URL(page.url()).searchParams.get('beside')).toBe('int');
  await page.reload();
  await configuration.getByText(summary).waitFor();
  expectNoComplaints();
});

test('on a phone no name of a variable is broken', async () => {
  await start(environmentsWorld());
  const page = await visit('/environment?environment=prod&beside=int', { width: 400, height: 860 });
  for (const text of ['TOWPATH_BRONZE_DATABASE', 'derived, towpath.yaml:23']) {
    const box = await page.getByText(text, { exact: true }).first().boundingBox();
    // One line of text of 12 or 13 px.
    expect(box?.height).toBeLessThan(30);
  }
  expectNoComplaints();
});

test('beside an environment that has said nothing yet, nothing is said to differ', async () => {
  await start(environmentsWorld());
  const page = await visit('/environment?environment=prod&beside=silent');
  await page.getByText('No agent of silent has said yet what it resolved.').waitFor();
  expect(await page.getByText('differs').count()).toBe(0);
  expectNoComplaints();
});

test('an environment whose targets are its own and whose configuration resolves says that it is healthy', async () => {
  await start(environmentsWorld());
  const page = await visit('/environment?environment=int');
  await page.getByRole('heading', { level: 1, name: 'Healthy: 1 agent live, all code loads' }).waitFor();
  expectNoComplaints();
});

test('an environment that nobody declared says how it is declared', async () => {
  await start(emptyWorld());
  const page = await visit('/environment');
  await page.getByRole('region', { name: 'Identity' }).getByText('npx towpath environment apply').waitFor();
  await page.getByText('No agent has said yet what it resolved.').waitFor();
  await page.getByText('Nothing failed, fell silent or was missed.').waitFor();
  expectNoComplaints();
});
