import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, get as request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const PAGE = '<!doctype html><title>console</title>';
const SCRIPT = 'export {};';

let t: TestServer;
let folder: string;

/** A file and its compressed twins, as the build of the console leaves them. */
async function writeTwins(name: string, text: string): Promise<void> {
  const path = join(folder, 'console', name);
  await writeFile(path, text);
  await writeFile(`${path}.br`, brotliCompressSync(text));
  await writeFile(`${path}.gz`, gzipSync(text));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-console-'));
  await mkdir(join(folder, 'console', 'assets'), { recursive: true });
  await writeTwins('index.html', PAGE);
  await writeTwins('assets/app-1a2b.js', SCRIPT);
  await writeFile(join(folder, 'console', 'plain.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { consoleFolder: join(folder, 'console') });
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true });
});

const get = (path: string) => fetch(t.server.url + path);

/** The bytes as they are sent: fetch would unpack them. */
async function getRaw(path: string, encodings: string): Promise<{ headers: IncomingHttpHeaders; bytes: Buffer }> {
  return await new Promise((resolve, reject) => {
    const headers = encodings === '' ? {} : { 'accept-encoding': encodings };
    request(t.server.url + path, { headers }, (response) => {
      buffer(response).then((bytes) => resolve({ headers: response.headers, bytes }), reject);
    }).on('error', reject);
  });
}

test.each(['/', '/open', '/runs', '/runs/0189/tasks/a', '/pipelines?environment=int'])(
  '%s is the start page',
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>console</title>');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('last-modified')).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  },
);

test('a file with a hash in its name may be kept for ever', async () => {
  const response = await get('/assets/app-1a2b.js');
  expect(response.headers.get('content-type')).toMatch(/javascript/);
  expect(response.headers.get('cache-control')).toContain('immutable');
});

const ENCODINGS = [
  { accepted: 'gzip, deflate, br, zstd', sent: 'br', unpack: brotliDecompressSync },
  { accepted: 'gzip, deflate', sent: 'gzip', unpack: gunzipSync },
  { accepted: 'br;q=0, gzip', sent: 'gzip', unpack: gunzipSync },
  { accepted: 'identity', sent: undefined, unpack: (bytes: Buffer) => bytes },
  { accepted: '', sent: undefined, unpack: (bytes: Buffer) => bytes },
] as const;

test.each(ENCODINGS)('who accepts "$accepted" gets $sent, with the same headers', async (encoding) => {
  const files = [
    { path: '/runs', text: PAGE, type: 'text/html; charset=utf-8', cache: 'no-cache' },
    {
      path: '/assets/app-1a2b.js',
      text: SCRIPT,
      type: 'application/javascript; charset=utf-8',
      cache: 'public, max-age=31536000, immutable',
    },
  ];
  for (const { path, text, type, cache } of files) {
    const { headers, bytes } = await getRaw(path, encoding.accepted);
    expect(headers['content-encoding']).toBe(encoding.sent);
    expect(encoding.unpack(bytes).toString()).toBe(text);
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': cache, vary: 'accept-encoding' });
    expect(headers['content-length']).toBe(String(bytes.length));
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

test('a file without a compressed twin is sent as it is', async () => {
  const { headers, bytes } = await getRaw('/plain.js', 'br, gzip');
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['cache-control']).toBe('no-cache');
  expect(bytes.toString()).toBe('export {};');
});

test('a page whose address begins like a file with a hash is not kept', async () => {
  expect((await get('/assets/unknown')).headers.get('cache-control')).toBe('no-cache');
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
