// A promotion in a real browser before the real server, as five people: asked for, red for each reason in turn, stopped by a
// freeze, signed off, in effect, and back again. Nobody reloads a page.
import { rm } from 'node:fs/promises';
import { startServer, type TowpathServer } from '@towpath/server';
import { requirePart } from '@towpath/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../packages/console/src/testing/browser.ts';
import { buildConsole } from '../packages/console/src/testing/build-console.ts';
import {
  askForProd,
  deployToInt,
  makeReady,
  openCalendar,
  startWorld,
  type World,
} from '../packages/server/src/testing/promotion-world.ts';
import {
  ageDeployment,
  loadDesired,
  recordRelease,
  runDaily,
  waitForPromotion,
} from '../packages/server/src/testing/released.ts';
import { type ConsolePeople, createConsolePeople } from './support/console-people.ts';

const PEOPLE = {
  rita: 'release-manager',
  rob: 'release-manager',
  eva: 'engineer',
  bo: 'business',
  vic: 'viewer',
} as const;

const chromium = requirePart('chromium');
let browser: Browser;
let folder: string;
let w: World;
let server: TowpathServer;
let heartbeat: NodeJS.Timeout | undefined;
let people: ConsolePeople<keyof typeof PEOPLE>;

beforeAll(async () => {
  if (!chromium.available) return;
  [folder, browser] = await Promise.all([buildConsole(), launchBrowser(chromium.path)]);
  w = await startWorld();
  const options = { host: '127.0.0.1', port: 0, version: '1.2.3', logLevel: 'silent' } as const;
  server = await startServer({ ...options, databaseUrl: w.databaseUrl, consoleFolder: folder });
  const { databaseUrl } = w;
  people = createConsolePeople({ browser, databaseUrl, serverUrl: server.url, roles: PEOPLE, environment: 'prod' });
  await openCalendar(w);
  // A session without a word for 15 s is silent; people with five browsers take longer.
  heartbeat = setInterval(() => void Promise.all([w.int.listCancels(0), w.prod.listCancels(0)]).catch(() => {}), 4000);
});
afterAll(async () => {
  clearInterval(heartbeat);
  await browser?.close();
  await server?.close();
  await w?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!chromium.available) context.skip(chromium.reason);
});

/** Brings a first release into prod, and a second into int. */
async function prepare(): Promise<void> {
  const first = await recordRelease(w.engineer, 'v1.0.0');
  await deployToInt(w, first.id);
  await makeReady(w, first.id);
  const { id } = await askForProd(w, first.id);
  await loadDesired(w.prodAgentClient, w.prod);
  await waitForPromotion(w.rita, id, 'succeeded');
  await deployToInt(w, (await recordRelease(w.engineer, 'v1.1.0')).id);
}

test('A72 A83 from the board to production and back, as five people', async () => {
  await prepare();
  const { enter, confirm, gateOf } = people;
  const signOff = (page: Parameters<typeof people.signOff>[0], at: string) => people.signOff(page, at, 'v1.1.0');
  const rita = await enter('rita');
  const prod = rita.getByRole('cell', { name: /^prod/ });
  await prod.getByRole('link', { name: 'v1.0.0' }).waitFor();
  await rita
    .getByRole('row', { name: /^daily/ })
    .getByText('int · v1.1.0')
    .waitFor();
  await rita.getByRole('link', { name: 'Promote v1.1.0 to prod…' }).click();
  const form = rita.getByRole('region', { name: 'Promote to prod' });
  await form.getByText('ROLLBACK_PLAN_MISSING').waitFor();
  await form.getByLabel('Rollback plan').fill('npx towpath rollback prod');
  await form.getByText('ROLLBACK_PLAN_PRESENT').waitFor();
  await form.getByLabel('Type prod to confirm').fill('prod');
  await form.getByRole('button', { name: 'Promote to prod' }).click();
  await rita.getByRole('heading', { level: 1, name: /^v1\.1\.0 waits for prod: \d of \d+ gates wait/ }).waitFor();
  const address = rita.url();

  const vic = await enter('vic');
  await vic.goto(address);
  await gateOf(vic, 'SOAK_RUNNING').getByText('Waits', { exact: true }).waitFor();
  expect(await vic.getByRole('button', { name: /…/ }).count()).toBe(0);

  await ageDeployment(w.databaseUrl, 'int', 24);
  await gateOf(rita, 'SOAK_LONG_ENOUGH').getByText('Allows').waitFor();
  for (let cycle = 0; cycle < 2; cycle += 1) await runDaily({ person: w.engineer, agent: w.int }, 'int');
  await gateOf(rita, 'CYCLES_COMPLETE').getByText('Allows').waitFor();

  await signOff(await enter('eva'), address);
  await signOff(await enter('bo'), address);
  await rita.getByText('Missing: 1 of role release-manager', { exact: true }).waitFor();
  await rita
    .getByText('You asked for this promotion: your sign-off would not count, somebody else has to give it.')
    .waitFor();

  await rita.getByRole('link', { name: 'Calendar' }).click();
  await rita.getByRole('heading', { level: 1, name: 'prod is open to promotions' }).waitFor();
  await rita.getByRole('button', { name: 'Stop the line… in prod' }).click();
  await confirm(rita, 'Declare the freeze', 'incident 4711');
  await rita
    .getByRole('heading', { level: 1, name: 'prod is closed: incident 4711; opens when the freeze is lifted' })
    .waitFor();
  const rob = await enter('rob');
  await signOff(rob, address);
  await rob.getByRole('heading', { level: 1, name: /^v1\.1\.0 waits for prod: 1 of \d+ gates waits/ }).waitFor();
  await gateOf(rob, 'CALENDAR_FROZEN').getByText('incident 4711').waitFor();

  await rita.getByRole('button', { name: /^Lift…/ }).click();
  await confirm(rita, 'Lift it');
  await rob.getByRole('heading', { level: 1, name: /the gates let it through, agents load it now$/ }).waitFor();
  await rob.getByText('0 of 1 agent has it; it waits for first.').waitFor();
  await loadDesired(w.prodAgentClient, w.prod);
  await rob.getByRole('heading', { level: 1, name: 'v1.1.0 is in prod' }).waitFor();

  await rob.getByRole('button', { name: 'Roll back… prod from v1.1.0' }).click();
  await confirm(rob, 'Roll back', 'orders load twice');
  await rob.getByText('A rollback passes no gate and no freeze.').waitFor();
  await loadDesired(w.prodAgentClient, w.prod);
  await rob.getByRole('heading', { level: 1, name: 'prod is back at v1.0.0' }).waitFor();
  await vic.goto(`${server.url}/board`);
  await vic.getByRole('cell', { name: /^prod/ }).getByRole('link', { name: 'v1.0.0' }).waitFor();
  expect(people.listComplaints()).toEqual([]);
});
