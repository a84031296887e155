import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@towpath/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createServerLink } from '../../session/server-link.ts';
import { type BundleStore, openBundleStore } from './bundle-store.ts';

let stateFolder: string;
let served: string;
let requests: number;
let close: () => Promise<void>;
let open: () => Promise<BundleStore>;
beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'bundles-'));
  requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
  open = () => openBundleStore({ stateFolder, client, link: createServerLink(() => undefined) });
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(async () => {
  await close();
  await rm(stateFolder, { recursive: true });
});

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const never = new AbortController().signal;

test('a bundle is downloaded once, whoever asks at the same time, and kept for the next agent', async () => {
  served = JSON.stringify({ 'pipelines/a.ts.mjs': 'export {};', 'chunks/b.mjs': '' });
  const hash = hashOf(served);
  const store = await open();
  const [folder, same] = await Promise.all([store.get(hash, never), store.get(hash, never)]);
  expect(same).toBe(folder);
  expect(await readFile(join(folder, 'pipelines/a.ts.mjs'), 'utf8')).toBe('export {};');
  expect(await (await open()).get(hash, never)).toBe(folder);
  expect(requests).toBe(1);
});

test.each([
  ['has another hash', '{}', hashOf('something else')],
  ['is no JSON', 'x', hashOf('x')],
  ['holds more than texts', '{"a":1}', hashOf('{"a":1}')],
  ['leaves its folder', '{"a/../../b":""}', hashOf('{"a/../../b":""}')],
  ['has no name', '{}', ''],
  ['is named like a path', '{}', '../../etc'],
  ['names an absolute path', '{"/tmp/x":""}', hashOf('{"/tmp/x":""}')],
])('what %s is refused, and nothing of it stays', async (_, text, hash) => {
  served = text;
  await expect((await open()).get(hash, never)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  expect(await readdir(join(stateFolder, 'bundles'))).toEqual([]);
});

test('what was not used for a month, and what was left half-written, is deleted at the start', async () => {
  const store = await open();
  for (const text of ['{"old":""}', '{"new":""}'])
    await store.add({ hash: hashOf(text), bytes: new TextEncoder().encode(text) });
  const longAgo = new Date(Date.now() - 32 * 24 * 3600 * 1000);
  await utimes(join(stateFolder, 'bundles', hashOf('{"old":""}')), longAgo, longAgo);
  await mkdir(join(stateFolder, 'bundles', '.draft'));
  await open();
  expect(await readdir(join(stateFolder, 'bundles'))).toEqual([hashOf('{"new":""}')]);
});
