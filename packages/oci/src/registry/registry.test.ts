// The client against two real registries: one open, one that wants a login.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { digestOf } from '../digest.ts';
import { assembleImage } from '../image/assemble-image.ts';
import type { Image } from '../image/image.ts';
import { packLayer } from '../image/pack-layer.ts';
import { pushImage } from '../image/push-image.ts';
import { MEDIA_TYPES, type StoredManifest } from '../manifest.ts';
import { readDockerCredentials } from '../registry-credentials.ts';
import { startTamperingProxy, type TamperingProxy } from '../testing/tampering-proxy.ts';
import { createTestRepositories, type TestRepositories } from '../testing/test-repositories.ts';
import { copyImage } from './copy-image.ts';
import { createRegistry, type Registry } from './registry.ts';
import { parseRegistryLocation } from './registry-location.ts';

const EMPTY = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' as const, diff_ids: [] } };

async function createImage(text: string): Promise<Image> {
  const layer = await packLayer([{ path: '/opt/text', bytes: Buffer.from(text), isExecutable: false }]);
  return assembleImage({ base: EMPTY, layers: [layer], labels: { text }, createdBy: 'towpath datakit build' });
}

describe('registries', () => {
  let test: TestRepositories;
  let open: Registry;
  let guarded: Registry;
  let repository: string;
  let proxy: TamperingProxy | undefined;

  beforeEach((context) => {
    test = createTestRepositories(context);
    repository = `${test.folder}/x`;
    open = createRegistry({ address: test.open, findCredentials: test.findCredentials });
    guarded = createRegistry({ address: test.guarded, findCredentials: test.findCredentials });
  });
  afterEach(async () => {
    await test.remove('x');
    await proxy?.close();
    proxy = undefined;
  });

  it('A17 an image is copied between registries under the same digest, every byte of it', async () => {
    const image = await createImage('one');
    await pushImage(image, { registry: open, repository }, ['1.0.0']);
    const { digest } = image.manifest;
    const copy = { from: { registry: open, repository }, to: { registry: guarded, repository }, digest, tag: '1.0.0' };
    expect(await copyImage(copy)).toEqual({ digest, copiedBlobs: 2, presentBlobs: 0 });
    expect(await copyImage(copy)).toEqual({ digest, copiedBlobs: 0, presentBlobs: 2 });
    expect((await guarded.findManifest(repository, '1.0.0'))?.digest).toBe(digest);
    const [layer] = image.layers;
    if (layer === undefined) throw new Error('no layer');
    expect(await buffer(await guarded.openBlob(repository, layer.descriptor))).toEqual(
      await buffer(await layer.open()),
    );
    expect(await guarded.listTags(repository)).toEqual(['1.0.0']);
  });

  it('A17 an index is copied with all of its images', async () => {
    const images = [await createImage('amd64'), await createImage('arm64')];
    for (const image of images) await pushImage(image, { registry: open, repository }, []);
    const manifests = images.map(({ manifest: { mediaType, digest, bytes } }, at) => ({
      mediaType,
      digest,
      size: bytes.length,
      platform: { os: 'linux', architecture: at === 0 ? 'amd64' : 'arm64' },
    }));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests }));
    const index: StoredManifest = { mediaType: MEDIA_TYPES.index, digest: digestOf(bytes), bytes };
    await open.putManifest(repository, index, 'both');
    const places = { from: { registry: open, repository }, to: { registry: guarded, repository } };
    await copyImage({ ...places, digest: index.digest, tag: 'both' });
    for (const { digest } of [index, ...manifests])
      expect((await guarded.findManifest(repository, digest))?.digest).toBe(digest);
  });

  it.each([
    ['blob', /\/blobs\/sha256/],
    ['manifest', /\/manifests\/sha256/],
  ])('A17 a %s that was tampered with is refused, and nothing of it is kept', async (_, path) => {
    const image = await createImage('true');
    await pushImage(image, { registry: open, repository }, ['1.0.0']);
    proxy = await startTamperingProxy(test.open, (asked) => path.test(asked));
    const tampered = createRegistry({ address: proxy.address, findCredentials: test.findCredentials });
    const { digest } = image.manifest;
    const places = { from: { registry: tampered, repository }, to: { registry: guarded, repository } };
    await expect(copyImage({ ...places, digest, tag: '1.0.0' })).rejects.toMatchObject({ code: 'DIGEST_WRONG' });
    expect(await guarded.findManifest(repository, '1.0.0')).toBeUndefined();
    expect(await guarded.hasBlob(repository, image.config.descriptor.digest)).toBe(false);
  });

  it('A17 what is not there can not be copied', async () => {
    const places = { from: { registry: open, repository }, to: { registry: guarded, repository } };
    const copied = copyImage({ ...places, digest: digestOf(Buffer.from('none')) });
    await expect(copied).rejects.toMatchObject({ code: 'IMAGE_MISSING', message: expect.stringContaining(repository) });
  });

  it('A14 localhost:port and registry.localhost:port are one registry, without DNS and TLS', async () => {
    await pushImage(await createImage('local'), { registry: open, repository }, ['1.0.0']);
    const port = test.open.split(':')[1];
    for (const host of ['localhost', 'registry.localhost', '127.0.0.1']) {
      const registry = createRegistry({ address: `${host}:${port}`, findCredentials: test.findCredentials });
      expect(await registry.listTags(repository)).toEqual(['1.0.0']);
    }
  });

  it('A14 an environment may have a path of a registry', async () => {
    const address = `${test.open}/${test.folder}`;
    const below = createRegistry({ address, findCredentials: test.findCredentials });
    await pushImage(await createImage('below'), { registry: below, repository: 'x' }, ['1.0.0']);
    expect(await open.listTags(repository)).toEqual(['1.0.0']);
  });

  it('A14 a registry that wants a login says so without one, and with a wrong one', async () => {
    for (const password of [undefined, 'wrong']) {
      const findCredentials = async () => (password === undefined ? undefined : { username: 'datakit', password });
      const registry = createRegistry({ address: test.guarded, findCredentials });
      const refused = { code: 'REGISTRY_UNAUTHORISED', fix: expect.stringContaining(`docker login ${test.guarded}`) };
      await expect(registry.listTags(repository)).rejects.toMatchObject(refused);
      const message = `The registry ${test.guarded} does not let you read ${repository} 1.0.0.`;
      await expect(registry.findManifest(repository, '1.0.0')).rejects.toMatchObject({ ...refused, message });
      const image = await createImage('refused');
      await expect(pushImage(image, { registry, repository }, [])).rejects.toMatchObject(refused);
    }
  });

  it('A14 a login as docker keeps it is used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'datakit-login-'));
    const auth = Buffer.from('datakit:datakit').toString('base64');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [test.guarded]: { auth } } }));
    const registry = createRegistry({ address: test.guarded, findCredentials: readDockerCredentials(folder) });
    await pushImage(await createImage('login'), { registry, repository }, ['1.0.0']);
    expect(await registry.listTags(repository)).toEqual(['1.0.0']);
    rmSync(folder, { recursive: true });
  });
});

test('A14 a token is asked for where the registry names a service for them, with scope and login', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    if (request.url?.startsWith('/token')) return response.end('{"token":"t0k3n"}');
    if (request.headers.authorization === 'Bearer t0k3n') return response.end('{"tags":["1.0.0"]}');
    const realm = `http://${request.headers.host}/token`;
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="registry"` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const findCredentials = async () => ({ username: 'ada', password: 'pw' });
  const registry = createRegistry({ address: `127.0.0.1:${port}`, findCredentials });
  expect(await registry.listTags('team/x')).toEqual(['1.0.0']);
  expect(await registry.listTags('team/x')).toEqual(['1.0.0']);
  expect(asked).toEqual([
    'GET /v2/team/x/tags/list -',
    `GET /token?service=registry&scope=repository%3Ateam%2Fx%3Apull Basic ${Buffer.from('ada:pw').toString('base64')}`,
    'GET /v2/team/x/tags/list Bearer t0k3n',
    'GET /v2/team/x/tags/list Bearer t0k3n',
  ]);
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

test('A14 a registry that does not answer is named', async () => {
  const registry = createRegistry({ address: '127.0.0.1:9', findCredentials: async () => undefined });
  await expect(registry.listTags('x')).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:9'),
  });
});

test('A14 plain HTTP is for this machine alone', () => {
  const origins = ['localhost', 'registry.localhost:5000', '127.0.0.2:5000', 'registry.qa.example/team', 'docker.io'];
  expect(origins.map((text) => parseRegistryLocation(text).origin)).toEqual([
    'http://localhost',
    'http://localhost:5000',
    'http://127.0.0.2:5000',
    'https://registry.qa.example',
    'https://registry-1.docker.io',
  ]);
  for (const text of ['https://registry.example', 'ada:pw@registry.example', 'registry.example/Team', ''])
    expect(() => parseRegistryLocation(text)).toThrow(expect.objectContaining({ code: 'REGISTRY_INVALID' }));
});
