// Secrets of every shape are planted with every provider; tasks print, return, throw, crash and are cancelled with them in their
// hands. Then everything that was written, answered or shown is searched for every form of every one of them.
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import {
  CancelRun,
  GetConfiguration,
  GetRun,
  ListAudit,
  ListEnvironments,
  ListNotifications,
  ListPipelines,
  ListRuns,
  type RunDetail,
  StartRun,
} from '@towpath/api';
import { openAdmin } from '@towpath/server';
import {
  assertNoOrphans,
  type MotoServer,
  requirePart,
  type SpawnedProcess,
  startMoto,
  waitFor,
} from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';

import { launchBrowser, openPage } from '../packages/console/src/testing/browser.ts';
import { buildConsole } from '../packages/console/src/testing/build-console.ts';
import { findLeaks, listSearched } from './support/canaries.ts';
import { writeCanaryProject } from './support/canary-project.ts';
import {
  CANARY_PROVIDERS,
  type CanaryProvider,
  type CanaryProviderName,
  plantCanaries,
} from './support/canary-providers.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { type GitHistory, openGitHistory } from './support/git-history.ts';
import { readWholeLog, runTowpath, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { dumpDatabase, readFiles } from './support/secret-places.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

vi.setConfig({ testTimeout: 180_000 });

const chromium = requirePart('chromium');

let moto: MotoServer | undefined;
let consoleFolder: string | undefined;
let plane: ControlPlane;
let project: TestProject;
let receiver: Server;
let alerts: string[];
let agent: SpawnedProcess | undefined;
let provider: CanaryProvider | undefined;

beforeAll(async () => {
  moto = await startMoto();
  if (chromium.available) consoleFolder = await buildConsole();
});
afterAll(() => moto?.close());

beforeEach(async () => {
  plane = await startControlPlane(consoleFolder === undefined ? {} : { consoleFolder });
  project = createTestProject('canary');
  alerts = [];
  receiver = createServer(async (request, response) => {
    const body: Uint8Array[] = [];
    for await (const chunk of request) body.push(chunk);
    alerts.push(`${JSON.stringify(request.headers)} ${Buffer.concat(body).toString()}`);
    response.writeHead(200).end();
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  agent?.kill('SIGTERM');
  await agent?.waitForExit(20_000);
  await provider?.close();
  [agent, provider] = [undefined, undefined];
  receiver.closeAllConnections();
  await new Promise((done) => receiver.close(done));
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

function getAlertsUrl(): string {
  const address = receiver.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/alerts`;
}

const asPerson = () => ({ TOWPATH_SERVER: plane.url, TOWPATH_TOKEN: plane.token, ENVIRONMENT: 'local' });

async function startAgent(env: Readonly<Record<string, string>>): Promise<SpawnedProcess> {
  const applied = await runTowpath(project, ['environment', 'apply'], asPerson());
  expect(applied).toMatchObject({ code: 0 });
  const own = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: plane.agentToken, ENVIRONMENT: 'local', ...env };
  agent = await spawnTowpath(project, ['agent', '--state', join(project.folder, '.towpath/local')], own);
  await agent.waitForOutput(/pipelines loaded/, 60_000);
  return agent;
}

const startRun = async (pipeline: string): Promise<string> =>
  (await plane.client.call(StartRun, { body: { pipeline, environment: 'local' } })).id;

const getRun = (runId: string): Promise<RunDetail> => plane.client.call(GetRun, { params: { runId } });

const listAttempts = (runs: readonly RunDetail[]) =>
  runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));

/** A day's work: everything that goes wrong. Returns the runs, and what `ps` showed while secrets were in use. */
async function work(): Promise<{ runs: readonly RunDetail[]; processes: string }> {
  const hanging = await startRun('hangs');
  const ids = [hanging, ...(await Promise.all(['prints', 'throws', 'crashes'].map(startRun)))];
  await waitFor('the hanging task to have shown all', 60_000, async () => {
    const [attempt] = listAttempts([await getRun(hanging)]);
    if (attempt?.state !== 'running') throw new Error(`it is ${attempt?.state}`);
    const logs = await runTowpath(project, ['logs', hanging], asPerson());
    return logs.stdout.includes('shown');
  });
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  await plane.client.call(CancelRun, { params: { runId: hanging }, body: {} });
  const runs: RunDetail[] = [];
  for (const id of ids) runs.push(await waitForRunEnd(plane.client, id));
  return { runs, processes };
}

/** All that a person can ask of the server. */
async function askEverything(runs: readonly RunDetail[]): Promise<string> {
  const { client } = plane;
  const replies: unknown[] = [
    runs,
    await client.call(ListRuns, { query: { limit: 100 } }),
    await client.call(ListPipelines),
    await client.call(ListEnvironments),
    await client.call(GetConfiguration, { params: { environment: 'local' } }),
    await client.call(ListNotifications, { query: { limit: 100 } }),
    await client.call(ListAudit, { query: { limit: 200 } }),
  ];
  const logs = await Promise.all(listAttempts(runs).map(({ id }) => readWholeLog(client, id)));
  return [...replies.map((reply) => JSON.stringify(reply)), ...logs].join('\n');
}

async function showCommands(runs: readonly RunDetail[]): Promise<string> {
  const commands = [
    ['config', 'explain'],
    ['config', 'validate', '--all'],
    ['runs'],
    ['audit'],
    ['audit', 'export'],
    ['environment', 'show', 'local'],
    ['notifications'],
    ...runs.map(({ id }) => ['logs', id]),
  ];
  const shown: string[] = [];
  for (const words of commands) {
    const { stdout, stderr } = await runTowpath(project, words, asPerson());
    shown.push(stdout, stderr);
  }
  return shown.join('\n');
}

/** What a browser has after looking at every page about these runs. */
async function showPages(runs: readonly RunDetail[]): Promise<string> {
  if (!chromium.available) return '';
  const admin = await openAdmin(plane.databaseUrl);
  const link = await admin.issueConsoleLink({ name: 'test', role: 'administrator' }).finally(() => admin.close());
  const browser = await launchBrowser(chromium.path);
  try {
    const { page } = await openPage(browser);
    await page.goto(`${plane.url}/open#${link}`);
    await page.waitForURL((url) => !url.pathname.startsWith('/open'));
    const shown: string[] = [];
    const paths = ['/', '/runs', '/audit', '/environments', '/notifications', ...runs.map(({ id }) => `/runs/${id}`)];
    for (const path of paths) {
      await page.goto(`${plane.url}${path}`);
      await page.waitForLoadState('load');
      await page.getByRole('heading').first().waitFor();
      shown.push(await page.content());
    }
    return shown.join('\n');
  } finally {
    await browser.close();
  }
}

/** A repository as a team begins one: `towpath init` in an empty folder, all of it committed. */
async function beginHistory(): Promise<GitHistory> {
  const history = openGitHistory(project.folder);
  expect(await runTowpath(project, ['init', '--yes'])).toMatchObject({ code: 0 });
  history.commitAll('init');
  return history;
}

/** What `towpath migrate` makes of the project, committed. */
async function migrateProject(history: GitHistory): Promise<void> {
  history.commitAll('the project');
  const migrated = await runTowpath(project, ['migrate', '--apply']);
  expect(migrated, migrated.stderr).toMatchObject({ code: 0 });
  history.commitAll('migrated');
}

/** What people keep of a day's work beside their code, committed with all else. Returns everything that Git has. */
async function commitExports(history: GitHistory, runs: readonly RunDetail[]): Promise<string> {
  const exports: readonly (readonly [file: string, ...words: string[]])[] = [
    ['audit.jsonl', 'audit', 'export'],
    ['configuration.json', 'config', 'explain', '--json'],
    ['environment.json', 'environment', 'show', 'local', '--json'],
    ['notifications.json', 'notifications', '--json'],
    ...runs.map(({ id }) => [`${id}.log`, 'logs', id] as const),
  ];
  for (const [file, ...words] of exports)
    project.write(`exports/${file}`, (await runTowpath(project, words, asPerson())).stdout);
  history.commitAll('exports');
  return history.readObjects();
}

async function search(name: CanaryProviderName): Promise<void> {
  provider = await plantCanaries(name, project, () => moto ?? expect.fail('moto is absent'));
  const { yaml, env, credentials, sources } = provider;
  const history = await beginHistory();
  writeCanaryProject(project, yaml, getAlertsUrl());
  await migrateProject(history);
  const running = await startAgent(env);
  const { runs, processes } = await work();
  expect(runs.map(({ state }) => state)).toEqual(['cancelled', 'succeeded', 'failed', 'failed']);
  await waitFor('the failures to be told', 30_000, () => alerts.length >= 2);
  await waitFor('the reads to be audited', 30_000, async () => {
    const { entries } = await plane.client.call(ListAudit, { query: { action: 'secret.read', limit: 200 } });
    // Five secrets for each of six attempts, and the key of the sink.
    return entries.length > 5 * 6;
  });
  const answers = await askEverything(runs);
  const places = {
    processes,
    answers,
    database: await dumpDatabase(plane.databaseUrl),
    commands: await showCommands(runs),
    pages: await showPages(runs),
    alerts: alerts.join('\n'),
    agent: running.output(),
    files: readFiles(project.folder, (path) => isSource(path, sources)),
    git: await commitExports(history, runs),
  };
  const searched = listSearched(credentials);
  const leaks = Object.entries(places).map(([place, text]) => [place, findLeaks(text, searched)]);
  expect(leaks).toEqual(Object.keys(places).map((place) => [place, []]));
  // The search itself works: what tasks printed besides is there, in the length it had.
  expect(answers).toMatch(/plain \*{15,}\n/);
  expect(places.database).toContain('careless');
  expect(places.git).toMatch(/Prints its environment[\s\S]*secret\.read|secret\.read[\s\S]*Prints its environment/);
}

/** What people wrote, or the package manager did. */
function isSource(path: string, sources: readonly string[]): boolean {
  return sources.some((source) => path.startsWith(join(project.folder, source))) || path.includes('node_modules');
}

it.each(CANARY_PROVIDERS.filter((name) => name !== 'aws'))('A50 secrets of provider %s are found nowhere', search);

it('A50 secrets of provider aws are found nowhere', async (context) => {
  if (moto === undefined) context.skip('moto is absent');
  await search('aws');
});
