// An agent that deletes old data by itself: when it is due, where it may, one agent at a time, told to the audit.
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startAgent, type TowpathAgent } from '@towpath/agent';
import { type AuditEntryView, ListAudit, ListNotifications } from '@towpath/api';
import { getEnvironment, getProject } from '@towpath/config';
import { openAdmin } from '@towpath/server';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { spawnTowpath, startDev, stopDev } from './support/instance.ts';
import { createManualClock, type ManualClock } from './support/manual-clock.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const NOON = '2026-06-30T12:00:00.000Z';
const NEXT = '2026-07-01T03:00:00.000Z';

// The instance of a laptop takes its time on two busy cores.
vi.setConfig({ testTimeout: 120_000 });

let project: TestProject;
let plane: ControlPlane;
let clock: ManualClock;
let agents: TowpathAgent[];
let logs: string[];
beforeEach(async () => {
  project = createTestProject('retention-daily');
  plane = await startControlPlane();
  clock = createManualClock(NOON);
  [agents, logs] = [[], []];
});
afterEach(async () => {
  for (const agent of agents) await agent.close({ cancelRunning: true });
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

/** One folder for each environment; only `dev` has an agent here. */
function declare(sizing: string, location = './lakes/dev'): void {
  project.write(
    'towpath.yaml',
    `name: x
environments:
  dev: { kind: shared, targets: { lake: { type: folder, location: ${location} } }, sizing: { ${sizing} } }
  qa: { kind: shared, targets: { lake: { type: folder, location: ./lakes/qa } } }
`,
  );
}

function put(key: string, loadedAt: string): void {
  const path = join(project.folder, 'lakes', key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
  utimesSync(path, new Date(loadedAt), new Date(loadedAt));
}

const has = (key: string): boolean => existsSync(join(project.folder, 'lakes', key));

async function claim(environment: string): Promise<void> {
  const { context } = createTestContext({ cwd: project.folder });
  expect(await runProgram(context, ['environment', 'claim', 'lake', '--environment', environment])).toBe(0);
}

async function start(name: string, ownClock = clock): Promise<TowpathAgent> {
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'dev', kind: 'shared', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'dev', agent: name });
  await admin.close();
  const agent = await startAgent({
    ...{ serverUrl: plane.url, token, name, version: '0.0.0-test', projectFolder: project.folder },
    stateFolder: join(project.stateFolder, name),
    ...{ datakitFolders: [], environmentVariables: {}, isAgainstShared: true, clock: ownClock },
    readInputs: (environment) => {
      const { folder, declaration } = getProject(project.folder);
      const declared = getEnvironment(declaration, environment);
      return { project: { folder, declaration }, environment: declared, processVariables: {} };
    },
    log: (line) => logs.push(line),
  });
  agents.push(agent);
  return agent;
}

const waitUntilAsleep = (at: string, ownClock = clock) =>
  waitFor(`an agent to sleep until ${at}`, 20_000, () => {
    const until = ownClock.sleepsUntil();
    if (until !== at) throw new Error(`it sleeps until ${until}\n${logs.join('\n')}`);
    return true;
  });

const listEntries = (action: string, count: number): Promise<AuditEntryView[]> =>
  waitFor(`${count} of ${action}`, 20_000, async () => {
    const { entries } = await plane.client.call(ListAudit, { query: { action } });
    if (entries.length !== count) throw new Error(`${entries.length}\n${logs.join('\n')}`);
    return entries.toReversed();
  });

const listNotifications = async () =>
  (await plane.client.call(ListNotifications, { query: { environment: 'dev' } })).notifications;

it('A41 old data goes by itself once a day, and the audit has what went', async () => {
  declare('retentionDays: 7, retentionDaily: true');
  await claim('dev');
  put('dev/dev-bronze-zone/orders/a.json', '2026-06-20T08:00:00Z');
  put('dev/dev-gold-zone/report.csv', '2026-06-23T20:00:00Z');
  const first = await start('one');
  await waitUntilAsleep(NEXT);
  expect([has('dev/dev-bronze-zone/orders/a.json'), has('dev/dev-gold-zone/report.csv')]).toEqual([false, true]);
  clock.moveTo(NEXT);
  await waitUntilAsleep('2026-07-02T03:00:00.000Z');
  expect(has('dev/dev-gold-zone/report.csv')).toBe(false);
  const [monday, tuesday] = await listEntries('retention.ended', 2);
  expect(monday).toMatchObject({
    ...{ actor: { kind: 'agent', name: 'one' }, environment: 'dev', why: 'deleted 1' },
    details: { dueAt: '2026-06-30T03:00:00.000Z', count: 1, code: null, isFinished: true },
  });
  const targets = [{ target: 'lake', names: ['orders/a.json'] }];
  const facts = { retentionDays: 7, cutoff: '2026-06-23T12:00:00.000Z', count: 1, targets, code: null };
  expect(monday?.details.zones).toContainEqual({ zone: 'bronze', ...facts });
  expect(tuesday?.details).toMatchObject({ dueAt: NEXT, count: 1 });
  // Another agent on the same day does nothing again.
  await first.close({ cancelRunning: false });
  await start('one');
  await waitUntilAsleep('2026-07-02T03:00:00.000Z');
  await listEntries('retention.started', 2);
  expect(await listNotifications()).toEqual([]);
});

it('A41 of two agents one deletes', async () => {
  declare('retentionDays: 7, retentionDaily: "23:30"');
  await claim('dev');
  put('dev/dev-bronze-zone/a.json', '2026-06-20T08:00:00Z');
  const clocks = [createManualClock(NOON), createManualClock(NOON)];
  await Promise.all(clocks.map((own, index) => start(`agent-${index}`, own)));
  for (const own of clocks) await waitUntilAsleep('2026-06-30T23:30:00.000Z', own);
  for (const own of clocks) own.moveTo('2026-06-30T23:30:00.000Z');
  for (const own of clocks) await waitUntilAsleep('2026-07-01T23:30:00.000Z', own);
  await listEntries('retention.ended', 2);
  await listEntries('retention.started', 2);
  expect(has('dev/dev-bronze-zone/a.json')).toBe(false);
});

it.each([
  ['without a marker', 'TARGET_UNCLAIMED', undefined],
  ['with the marker of another environment', 'TARGET_CLAIMED_BY_OTHER', 'qa'],
])('A41 A88 nothing goes from a target %s, and people are told', async (_, code, owner) => {
  declare('retentionDays: 7, retentionDaily: true', owner === undefined ? './lakes/dev' : './lakes/qa');
  if (owner !== undefined) await claim(owner);
  const key = `${owner ?? 'dev'}/dev-bronze-zone/a.json`;
  put(key, '2026-06-20T08:00:00Z');
  await start('one');
  await waitUntilAsleep(NEXT);
  expect(has(key)).toBe(true);
  const [entry] = await listEntries('retention.ended', 1);
  expect(entry?.details).toMatchObject({ count: 0, code });
  expect(await listNotifications()).toMatchObject([
    { kind: 'retention.failed', severity: 'warning', title: '[DEV] old data was not deleted' },
  ]);
  expect(logs.join('\n')).toContain(code);
  expect(logs.join('\n')).toContain('[DEV] retention: bronze, kept for 7 days: 0 deleted');
});

it('a configuration that can not be used fails the pass instead of leaving it out', async () => {
  declare('retentionDays: 7, retentionDaily: true');
  await claim('dev');
  await start('one');
  await waitUntilAsleep(NEXT);
  rmSync(join(project.folder, 'towpath.yaml'));
  clock.moveTo(NEXT);
  const entries = await listEntries('retention.ended', 2);
  expect(entries[1]?.details.code).toMatch(/^[A-Z_]+$/);
  expect(entries[1]?.details.code).not.toBe('INTERNAL_ERROR');
  expect(await listNotifications()).toHaveLength(1);
});

it('nothing is deleted where it is not declared; a declaration that comes later is noticed', async () => {
  declare('retentionDays: 7');
  await claim('dev');
  put('dev/dev-bronze-zone/a.json', '2026-06-20T08:00:00Z');
  await start('one');
  await waitFor('the code to be loaded', 20_000, () => logs.some((line) => line.includes('loaded')));
  expect(clock.sleepsUntil()).toBeUndefined();
  expect(has('dev/dev-bronze-zone/a.json')).toBe(true);
  declare('retentionDays: 7, retentionDaily: "23:30"');
  project.write('pipelines/touched.ts', 'export default undefined;\n');
  await waitUntilAsleep('2026-06-30T23:30:00.000Z');
  await listEntries('retention.ended', 1);
  expect(has('dev/dev-bronze-zone/a.json')).toBe(false);
});

/** For processes, whose clock is the machine's. */
const LONG_AGO = '2001-01-01T00:00:00Z';

it('A41 `towpath agent` does it for the environment it serves', async () => {
  declare('retentionDays: 7, retentionDaily: true');
  await claim('dev');
  put('dev/dev-bronze-zone/a.json', LONG_AGO);
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'dev', kind: 'shared', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'dev', agent: 'dev' });
  await admin.close();
  const own = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: token, ENVIRONMENT: 'dev' };
  const agent = await spawnTowpath(project, ['agent', '--against-shared'], own);
  try {
    await agent.waitForOutput(/\[DEV\] retention: bronze, kept for 7 days: 1 deleted/, 60_000);
    expect(await listEntries('retention.ended', 1)).toMatchObject([{ why: 'deleted 1' }]);
    expect(has('dev/dev-bronze-zone/a.json')).toBe(false);
  } finally {
    agent.kill('SIGTERM');
    await agent.waitForExit(20_000);
  }
});

it('A41 `towpath dev` does it for local', async () => {
  project.write(
    'towpath.yaml',
    `name: x
environments:
  local:
    kind: local
    targets: { lake: { type: folder, location: ./lakes/local } }
    sizing: { retentionDays: 7, retentionDaily: true }
`,
  );
  await claim('local');
  put('local/local-bronze-zone/a.json', LONG_AGO);
  const dev = await startDev(project);
  try {
    await waitFor('the pass to end', 20_000, async () => {
      const { entries } = await dev.client.call(ListAudit, { query: { action: 'retention.ended' } });
      return entries.length > 0;
    });
    expect(has('local/local-bronze-zone/a.json')).toBe(false);
  } finally {
    await stopDev(dev);
  }
});
