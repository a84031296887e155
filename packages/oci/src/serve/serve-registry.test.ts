// The local stack's registry, asked by our own client and by a real Docker engine.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { request as sendRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { requireDocker, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { assembleImage } from '../image/assemble-image.ts';
import type { Image } from '../image/image.ts';
import { packLayer } from '../image/pack-layer.ts';
import { pushImage } from '../image/push-image.ts';
import { createRegistry, type Registry } from '../registry/registry.ts';
import { type ServedRegistry, serveRegistry } from './serve-registry.ts';

const docker = requireDocker();
const run = promisify(execFile);

let folder: string;
let served: ServedRegistry;
let registry: Registry;

async function serve(): Promise<void> {
  served = await serveRegistry({ folder, host: '127.0.0.1', port: 0 });
  registry = createRegistry({ address: `localhost:${served.port}`, findCredentials: async () => undefined });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-registry-'));
  await serve();
});
afterEach(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

async function createImage(content: string): Promise<Image> {
  const layer = await packLayer([{ path: '/opt/text', bytes: Buffer.from(content), isExecutable: false }]);
  const base = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' as const, diff_ids: [] } };
  return assembleImage({ base, layers: [layer], labels: { content }, createdBy: 'test' });
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Not our client: paths go as they are. */
async function ask(path: string, { method = 'GET', headers = {}, body = '' }: Asked = {}) {
  return await new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: string }>(
    (resolve, reject) => {
      const options = { host: '127.0.0.1', port: served.port, path, method, headers };
      const sent = sendRequest(options, async (response) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
      });
      sent.once('error', reject).end(body);
    },
  );
}

it('goes on with an upload where it is, and nowhere else', async () => {
  const begun = await ask('/v2/kit/blobs/uploads/', { method: 'POST' });
  const location = String(begun.headers.location);
  const send = (body: string, range: string) =>
    ask(location, { method: 'PATCH', body, headers: { 'content-range': range } });
  expect((await send('abc', '0-2')).status).toBe(202);
  expect((await send('xyz', '7-9')).status).toBe(416);
  expect((await send('abc', '0-2')).status).toBe(416);
  expect((await send('def', '3-5')).headers.range).toBe('0-5');
  const digest = digestOf(Buffer.from('abcdef'));
  expect((await ask(`${location}?digest=${digest}`, { method: 'PUT' })).status).toBe(201);
});

it('deletes uploads that were left a day ago when it is started again', async () => {
  for (let nth = 0; nth < 2; nth += 1) await ask('/v2/kit/blobs/uploads/', { method: 'POST' });
  const uploads = join(folder, 'uploads');
  const [left = '', ...others] = readdirSync(uploads);
  const longAgo = Date.now() / 1000 - 25 * 3600;
  utimesSync(join(uploads, left), longAgo, longAgo);
  await served.close();
  await serve();
  await waitFor('the upload to be gone', 10_000, () => readdirSync(uploads).join() === others.join());
});

describe('a registry on a folder', () => {
  it('gives out what was pushed, byte for byte, by tag and by digest, also after a restart', async () => {
    const image = await createImage('one');
    await pushImage(image, { registry, repository: 'team/x' }, ['1.0.0', 'latest']);
    await served.close();
    await serve();
    expect((await registry.findManifest('team/x', '1.0.0'))?.bytes).toEqual(Buffer.from(image.manifest.bytes));
    expect((await registry.findManifest('team/x', image.manifest.digest))?.digest).toBe(image.manifest.digest);
    expect(await registry.listTags('team/x')).toEqual(['1.0.0', 'latest']);
    for (const { descriptor, open } of image.layers)
      expect(await buffer(await registry.openBlob('team/x', descriptor))).toEqual(await buffer(await open()));
    expect(await registry.findManifest('team/y', '1.0.0')).toBeUndefined();
    expect(await registry.listTags('team/y')).toEqual([]);
  });

  it('a tag moves, and what it named before stays under its digest', async () => {
    const [one, two] = [await createImage('one'), await createImage('two')];
    await pushImage(one, { registry, repository: 'x' }, ['latest']);
    await pushImage(two, { registry, repository: 'x' }, ['latest']);
    expect((await registry.findManifest('x', 'latest'))?.digest).toBe(two.manifest.digest);
    expect((await registry.findManifest('x', one.manifest.digest))?.digest).toBe(one.manifest.digest);
  });

  it('keeps nothing that is another than its digest says, and names nothing that is not whole', async () => {
    const digest = digestOf(Buffer.from('right'));
    const body = { size: 5, open: () => Readable.from([Buffer.from('wrong')], { objectMode: false }) };
    await expect(registry.putBlob('x', digest, body)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' });
    expect(await registry.hasBlob('x', digest)).toBe(false);
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
    const { manifest } = await createImage('never sent');
    await expect(registry.putManifest('x', manifest, '1.0.0')).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' });
    expect(await registry.listTags('x')).toEqual([]);
  });

  it('a blob that was begun elsewhere goes on where it broke off, and is read from the middle', async () => {
    const content = 'a'.repeat(100_000);
    const digest = digestOf(Buffer.from(content));
    const begun = await ask('/v2/x/blobs/uploads/', { method: 'POST' });
    const location = String(begun.headers.location);
    await ask(location, { method: 'PATCH', body: content.slice(0, 40_000) });
    const half = await ask(location, { method: 'PATCH', body: content.slice(40_000) });
    expect(half).toMatchObject({ status: 202, headers: { range: '0-99999' } });
    expect(await ask(`${location}?digest=${digest}`, { method: 'PUT' })).toMatchObject({ status: 201 });
    const part = await ask(`/v2/x/blobs/${digest}`, { headers: { range: 'bytes=99990-' } });
    expect(part).toMatchObject({ status: 206, body: 'a'.repeat(10) });
    const mounted = await ask(`/v2/y/blobs/uploads/?mount=${digest}&from=x`, { method: 'POST' });
    expect(mounted.status).toBe(201);
  });

  it.each([
    ['/v2/../../etc/manifests/passwd', 404],
    ['/v2/x/manifests/..%2f..%2fsecret', 404],
    ['/v2/X/manifests/latest', 404],
    ['/v2/_manifests/manifests/latest', 404],
    ['/v2/x/blobs/sha256:..', 404],
    ['/v2/x/blobs/uploads/00000000-0000-0000-0000-000000000000', 405],
    ['/etc/passwd', 404],
    ['//', 404],
  ])('%s is no way out of its folder', async (path, status) => {
    expect(await ask(path)).toMatchObject({ status, body: expect.stringContaining('"errors"') });
  });

  it('a request that still writes an upload can not change the blob that it became', async () => {
    const digest = digestOf(Buffer.from('good'));
    const { headers } = await ask('/v2/x/blobs/uploads/', { method: 'POST' });
    const path = String(headers.location);
    const slow = sendRequest({ host: '127.0.0.1', port: served.port, path, method: 'PATCH', agent: false });
    slow.once('error', () => undefined);
    slow.write('good');
    await waitFor('the bytes', 5_000, async () =>
      readdirSync(join(folder, 'uploads')).some((name) => statSync(join(folder, 'uploads', name)).size === 4),
    );
    expect(await ask(`${path}?digest=${digest}`, { method: 'PUT' })).toMatchObject({ status: 409 });
    const done = new Promise((resolve) => slow.once('response', (response) => resolve(response.resume())));
    slow.end(' and more');
    await done;
    expect(await ask(`${path}?digest=${digest}`, { method: 'PUT' })).toMatchObject({ status: 400 });
    expect(await registry.hasBlob('x', digest)).toBe(false);
  });

  it('refuses pages in browsers, deletion, and manifests that are none', async () => {
    const origin = { origin: 'http://evil.example' };
    expect(await ask('/v2/x/blobs/uploads/', { method: 'POST', headers: origin })).toMatchObject({ status: 403 });
    expect(await ask('/v2/x/manifests/latest', { method: 'DELETE' })).toMatchObject({ status: 405 });
    expect(await ask('/v2/x/manifests/latest', { method: 'PUT', body: '{}' })).toMatchObject({ status: 400 });
  });

  it('where a password is set, everybody reads and nobody else writes', async () => {
    const { port, close } = await serveRegistry({ folder, host: '127.0.0.1', port: 0, writePassword: 'only-me' });
    const address = `localhost:${port}`;
    const open = (password: string) =>
      createRegistry({ address, findCredentials: async () => ({ username: 'towpath', password }) });
    const image = await createImage('guarded');
    const other = pushImage(image, { registry: open('guessed'), repository: 'x' }, ['1.0.0']);
    await expect(other).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORISED' });
    await pushImage(image, { registry: open('only-me'), repository: 'x' }, ['1.0.0']);
    const anybody = createRegistry({ address, findCredentials: async () => undefined });
    expect((await anybody.findManifest('x', '1.0.0'))?.digest).toBe(image.manifest.digest);
    await expect(anybody.putManifest('x', image.manifest, '1.0.1')).rejects.toMatchObject({
      code: 'REGISTRY_UNAUTHORISED',
    });
    await close();
  });

  it.skipIf(docker.reason !== undefined)('a Docker engine pushes to it and pulls from it, by digest', async () => {
    const name = `localhost:${served.port}/engine/test:1`;
    await run('docker', ['tag', docker.image, name]);
    try {
      await run('docker', ['push', name]);
      const digest = (await registry.findManifest('engine/test', '1'))?.digest;
      await run('docker', ['rmi', name]);
      const pinned = `localhost:${served.port}/engine/test@${digest}`;
      await run('docker', ['pull', pinned]);
      const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{json .RepoDigests}}', pinned]);
      expect(stdout).toContain(pinned);
      await run('docker', ['rmi', pinned]);
    } finally {
      await run('docker', ['rmi', name]).catch(() => undefined);
    }
  });
});
