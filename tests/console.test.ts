// The console before the real server: link, cookie, CSRF, events and logs as they are, not as the test server thinks.
import { rm } from 'node:fs/promises';
import {
  AppendLog,
  ClaimAttempts,
  type Client,
  createClient,
  FinishAttempts,
  OpenSession,
  RegisterCode,
  ReportStarted,
} from '@towpath/api';
import { migrate, openAdmin, startServer, type TowpathServer } from '@towpath/server';
import { createTestDatabase, requirePart, type TestDatabase } from '@towpath/testkit';
import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, openPage } from '../packages/console/src/testing/browser.ts';
import { buildConsole } from '../packages/console/src/testing/build-console.ts';

/** Largest first view as it is sent: start page, scripts and styles. */
const FIRST_VIEW_BYTES = 400_000;

const chromium = requirePart('chromium');
let browser: Browser;
let folder: string;
let database: TestDatabase;
let server: TowpathServer;
let agent: Client;
let link: string;

beforeAll(async () => {
  if (!chromium.available) return;
  [folder, browser] = await Promise.all([buildConsole(), launchBrowser(chromium.path)]);
  database = await createTestDatabase({ template: 'state', migrate });
  const admin = await openAdmin(database.url);
  await admin.ensureEnvironment({ name: 'local', kind: 'local', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'local', agent: 'local-agent' });
  link = await admin.issueConsoleLink({ name: 'dev', role: 'engineer' });
  await admin.close();
  server = await startServer({
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    version: '0.1.0',
    logLevel: 'silent',
    consoleFolder: folder,
  });
  agent = createClient({ baseUrl: server.url, headers: () => ({ authorization: `Bearer ${token}` }) });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await database?.drop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if (!chromium.available) context.skip(chromium.reason);
});

/** Plays an agent that finds one attempt, writes its log, and lets it fail. */
async function failFirstAttempt(page: Page, sessionId: string): Promise<void> {
  const claimed = await agent.call(ClaimAttempts, { params: { sessionId }, body: { slots: 1, waitMs: 10_000 } });
  const [attempt] = claimed.attempts;
  if (!attempt) throw new Error('no attempt was granted within 10 s');
  const { attemptId, epoch } = attempt;
  await agent.call(ReportStarted, { params: { sessionId }, body: { attempts: [{ attemptId, epoch }] } });
  await page.getByRole('heading', { name: /^Running: load/ }).waitFor();
  const first = new TextEncoder().encode('first line 🚂\n');
  await agent.call(AppendLog, { params: { attemptId }, query: { offset: 0, epoch }, bytes: first });
  await page.getByText('first line 🚂').waitFor();
  const second = new TextEncoder().encode('the source is down\n');
  await agent.call(AppendLog, { params: { attemptId }, query: { offset: first.length, epoch }, bytes: second });
  await page.getByText('the source is down').waitFor();
  const outcome = {
    outcome: 'failed',
    exitCode: 1,
    reasonCode: 'EXIT_CODE',
    reason: 'It exited with code 1.',
  } as const;
  const attempts = [{ attemptId, epoch, ...outcome, result: null, logLengthBytes: first.length + second.length }];
  await agent.call(FinishAttempts, { params: { sessionId }, body: { attempts, slots: 0 } });
}

test('from the link to a failed run, live all the way', async () => {
  const { page, context, complaints } = await openPage(browser);
  page.setDefaultTimeout(10_000);
  await page.goto(`${server.url}/open#${link}`);
  await page.waitForURL('**/runs');
  await page.getByRole('heading', { name: 'No runs yet' }).waitFor();

  const { sessionId } = await agent.call(OpenSession, {
    body: { host: 'laptop', bootId: 'boot-1', version: '0.1.0', leftovers: [] },
  });
  await page.getByText('1 agent live').waitFor();

  await page.getByRole('link', { name: 'Pipelines' }).click();
  await page.getByRole('region', { name: 'No pipeline is registered' }).waitFor();
  await agent.call(RegisterCode, {
    body: {
      name: 'example',
      sourceHash: 'a'.repeat(64),
      error: null,
      pipelines: [
        {
          sourceFile: 'pipelines/daily.ts',
          graph: {
            schemaVersion: 1,
            pipeline: 'daily',
            description: 'Loads one table.',
            tasks: [
              {
                id: 'load',
                kind: 'datakit',
                datakit: { name: 'shell', version: '1.0.0' },
                argv: ['load', 'dbo.Orders'],
                environmentVariables: {},
                dependsOn: [],
                retry: { limit: 0, delaySeconds: 0 },
                timeoutSeconds: 60,
                idempotent: false,
              },
            ],
          },
        },
      ],
    },
  });
  await page.getByRole('button', { name: 'Run daily in local' }).click();
  await page.getByRole('heading', { name: /^Queued/ }).waitFor();
  await failFirstAttempt(page, sessionId);
  await page.getByRole('heading', { name: 'Failed: load exited with 1; 0 of 1 task succeeded' }).waitFor();
  await page.getByText(/, complete$/).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: 'The only run failed' }).waitFor();

  await page.getByRole('link', { name: 'daily-local #1' }).first().click();
  await page.getByRole('button', { name: /^Run again/ }).click();
  await page.getByRole('heading', { name: /^Queued/ }).waitFor();
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await page.getByRole('heading', { name: /^Cancelled/ }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('a link that was used opens nothing for another browser', async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${server.url}/open#${link}`);
  await page.getByRole('heading', { name: 'This link does not open the console' }).waitFor();
  await context.close();
});

test('the first view comes compressed and is at most 400 kB over the wire', async () => {
  const { page, context } = await openPage(browser);
  const responses: Response[] = [];
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.startsWith('/api/')) responses.push(response);
  });
  await page.goto(`${server.url}/open#used`);
  await page.getByRole('heading', { name: 'This link does not open the console' }).waitFor();
  const sizes = await Promise.all(responses.map((response) => response.request().sizes()));
  const sizeBytes = sizes.reduce((sum, size) => sum + size.responseHeadersSize + size.responseBodySize, 0);
  expect(responses.filter((response) => /\/assets\/index-.*\.(js|css)$/.test(response.url()))).toHaveLength(2);
  expect(responses.map((response) => response.headers()['content-encoding'])).toEqual(responses.map(() => 'br'));
  expect(sizeBytes).toBeGreaterThan(100_000);
  expect(sizeBytes).toBeLessThan(FIRST_VIEW_BYTES);
  await context.close();
});
