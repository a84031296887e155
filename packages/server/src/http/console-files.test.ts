import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-console-'));
  await mkdir(join(folder, 'console', 'assets'), { recursive: true });
  await writeFile(join(folder, 'console', 'index.html'), '<!doctype html><title>console</title>');
  await writeFile(join(folder, 'console', 'assets', 'app-1a2b.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { consoleFolder: join(folder, 'console') });
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const get = (path: string) => fetch(t.server.url + path);

test.each(['/', '/open', '/runs', '/runs/0189/tasks/a', '/pipelines?environment=int'])(
  '%s is the start page',
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>console</title>');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  },
);

test('a file with a hash in its name may be kept for ever', async () => {
  const response = await get('/assets/app-1a2b.js');
  expect(response.headers.get('content-type')).toMatch(/javascript/);
  expect(response.headers.get('cache-control')).toContain('immutable');
});

test('an absent file is a problem document and is not kept', async () => {
  const response = await get('/assets/gone-3c4d.js');
  expect(response.status).toBe(404);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toMatchObject({ code: 'ROUTE_UNKNOWN' });
});

test.each([
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%00.js',
  '/..%5csecret.txt',
])('%s stays inside the folder', async (path) => {
  const response = await get(path);
  expect(await response.text()).not.toContain('secret\n');
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
});

test('paths below /api are never a page', async () => {
  for (const path of ['/api', '/api/', '/api/unknown']) expect((await get(path)).status).toBe(404);
});
