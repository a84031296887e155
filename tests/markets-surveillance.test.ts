// examples/markets-surveillance goes from int to prod through its whole checklist, with real agents, as people in real browsers: red for
// each reason in turn, then green, a freeze, an emergency, and back.
import { cpSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, type TowpathServer } from '@towpath/server';
import { requirePart } from '@towpath/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser } from '../packages/console/src/testing/browser.ts';
import { buildConsole } from '../packages/console/src/testing/build-console.ts';
import { ageDeployment } from '../packages/server/src/testing/released.ts';
import { type ConsolePeople, createConsolePeople } from './support/console-people.ts';
import { createPromotionCommand } from './support/promotion-command.ts';
import { type Person, type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

vi.setConfig({ testTimeout: 240_000 });

const EXAMPLE = fileURLToPath(new URL('../examples/markets-surveillance', import.meta.url));
const ROLES = {
  rita: 'release-manager',
  rob: 'release-manager',
  erin: 'engineer',
  bo: 'business',
  vera: 'vp',
  otto: 'on-call',
} as const;

const chromium = requirePart('chromium');
let browser: Browser;
let consoleFolder: string;
let rig: PromotionRig;
let server: TowpathServer;
let people: ConsolePeople<keyof typeof ROLES>;

beforeAll(async () => {
  if (!chromium.available) return;
  [consoleFolder, browser] = await Promise.all([buildConsole(), launchBrowser(chromium.path)]);
  rig = await startPromotionRig('markets-surveillance');
  cpSync(EXAMPLE, rig.project.folder, { recursive: true });
  for (const environment of ['int', 'prod'])
    rig.project.write(`config/.env.${environment}`, `PROJECT_ID=markets-${environment}-12345\n`);
  rig.git.commitAll('the example');
  const { databaseUrl } = rig;
  const options = { host: '127.0.0.1', port: 0, version: '1.2.3', logLevel: 'silent' } as const;
  server = await startServer({ ...options, databaseUrl, consoleFolder });
  people = createConsolePeople({ browser, databaseUrl, serverUrl: server.url, roles: ROLES, environment: 'prod' });
  await Promise.all([rig.int.start(), rig.prod.start()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rig?.close();
  if (consoleFolder) await rm(consoleFolder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!chromium.available) context.skip(chromium.reason);
});

const command = createPromotionCommand(() => rig);
const towpath = async (person: Person, line: string) => (await command.towpath(person, ...line.split(' '))).out;

/** A release whose pipeline prints another word, with its entry. */
async function release(version: string): Promise<void> {
  const path = 'pipelines/surveillance.ts';
  const code = readFileSync(join(EXAMPLE, path), 'utf8');
  rig.project.write(path, code.replace('of the last hour`', `of the last hour, by ${version}\``));
  rig.project.write('CHANGELOG.md', `# Changelog\n\n## ${version}\n\nSays who it is.\n`);
  rig.git.commitAll(version);
  await towpath('anna', `release create ${version}`);
  // The policy lets int take what is new by itself.
  await command.waitForLine(new RegExp(`^int +shared +${version}`, 'm'), 'board');
}

const runInt = () => towpath('erin', 'run surveillance --environment int');

/** The policy of the example without what depends on the day on which this runs. */
async function openCalendar(): Promise<void> {
  const policy = readFileSync(join(EXAMPLE, 'policy.yaml'), 'utf8');
  const [rules = ''] = policy.split('examples:');
  rig.project.write('.towpath/policy.yaml', rules.replace(/ {4}freeze:\n(?: {6}.*\n)+/, '    freeze: null\n'));
  await towpath('ada', `policy apply ${join(rig.project.folder, '.towpath/policy.yaml')}`);
}

/** Asks for a release in prod by the console; returns the address of the promotion's page. */
async function ask(page: Page, version: string, emergency?: string): Promise<string> {
  await page.goto(`${server.url}/board`);
  await page.getByRole('link', { name: `Promote ${version} to prod…` }).click();
  const form = page.getByRole('region', { name: 'Promote to prod' });
  await form.getByText('ROLLBACK_PLAN_MISSING').waitFor();
  await form.getByLabel('Rollback plan').fill('npx towpath rollback prod');
  await form.getByText('ROLLBACK_PLAN_PRESENT').waitFor();
  if (emergency !== undefined) {
    await form.getByRole('checkbox', { name: /emergency/i }).check();
    await form.getByRole('textbox', { name: /why/i }).fill(emergency);
  }
  await form.getByRole('button', { name: /^Promote to prod/ }).click();
  await page.getByRole('heading', { level: 1, name: new RegExp(`^${version} waits for prod`) }).waitFor();
  return page.url();
}

test('A65 A69 A70 its policy says by its own examples what it means, and its calendar is closed at the year end', async () => {
  const told = await towpath('bo', `policy test ${join(EXAMPLE, 'policy.yaml')}`);
  expect(told.match(/^as expected/gm)).toHaveLength(4);
  await towpath('ada', `policy apply ${join(EXAMPLE, 'policy.yaml')}`);
  await release('v1.0.0');
  const planned = await towpath('rita', 'promote v1.0.0 --to prod --plan --at 2026-12-22T10:00:00Z').catch(String);
  expect(planned).toMatch(/freeze +defer +CALENDAR_FROZEN +2027-01-06T00:00/);
});

test('A64 A65 A66 A68 A69 A70 A72 A83 A86 from int to prod through the checklist, an emergency in a freeze, and back', async () => {
  const { enter, signOff, confirm, gateOf, listComplaints } = people;
  await openCalendar();
  await expect(towpath('erin', 'promote v1.0.0 --to prod')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  const rita = await enter('rita');
  const address = await ask(rita, 'v1.0.0');
  for (const code of ['SOAK_RUNNING', 'CYCLES_MISSING', 'QUARANTINE_UNTOLD', 'SIGN_OFFS_MISSING'])
    await gateOf(rita, code).getByText('Waits', { exact: true }).waitFor();
  await ageDeployment(rig.databaseUrl, 'int', 24);
  await gateOf(rita, 'SOAK_LONG_ENOUGH').getByText('Allows').waitFor();
  for (let cycle = 0; cycle < 2; cycle += 1) await runInt();
  await gateOf(rita, 'CYCLES_COMPLETE').getByText('Allows').waitFor();
  await signOff(await enter('erin'), address, 'v1.0.0');
  await signOff(await enter('bo'), address, 'v1.0.0');
  await rita.goto(address);
  await stopTheLine(rita, 'incident 4711');
  const rob = await enter('rob');
  await signOff(rob, address, 'v1.0.0');
  await rob.getByRole('heading', { level: 1, name: /^v1\.0\.0 waits for prod: 1 of \d+ gates waits/ }).waitFor();
  await gateOf(rob, 'CALENDAR_FROZEN').getByText('incident 4711').waitFor();
  await rita.getByRole('button', { name: /^Lift…/ }).click();
  await confirm(rita, 'Lift it');
  await rob.getByRole('heading', { level: 1, name: 'v1.0.0 is in prod' }).waitFor();
  expect(await towpath('erin', 'run surveillance --environment prod')).toContain('succeeded');

  await release('v1.1.0');
  await stopTheLine(rita, 'month-end close');
  const emergency = await ask(rita, 'v1.1.0', 'trades are lost');
  await rita.getByRole('region', { name: 'Emergency' }).getByText('trades are lost').waitFor();
  await gateOf(rita, 'EMERGENCY_UNAPPROVED').waitFor();
  await signOff(await enter('vera'), emergency, 'v1.1.0');
  await signOff(await enter('otto'), emergency, 'v1.1.0');
  await rita.getByRole('heading', { level: 1, name: 'v1.1.0 is in prod' }).waitFor();
  expect(await towpath('bo', 'promotions show prod')).toMatch(/EMERGENCY/);

  await rob.goto(emergency);
  await rob.getByRole('button', { name: 'Roll back… prod from v1.1.0' }).click();
  await confirm(rob, 'Roll back', 'trades are lost still');
  await rob.getByRole('heading', { level: 1, name: 'prod is back at v1.0.0' }).waitFor();
  expect(await towpath('bo', 'board')).toMatch(/^prod +shared +v1\.0\.0/m);
  expect(listComplaints()).toEqual([]);
});

async function stopTheLine(page: Page, reason: string): Promise<void> {
  await page.getByRole('link', { name: 'Calendar', exact: true }).click();
  await page.getByRole('button', { name: 'Stop the line… in prod' }).click();
  await people.confirm(page, 'Declare the freeze', reason);
  await page
    .getByRole('heading', { level: 1, name: `prod is closed: ${reason}; opens when the freeze is lifted` })
    .waitFor();
}
