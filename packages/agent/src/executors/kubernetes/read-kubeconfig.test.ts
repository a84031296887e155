import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readKubeconfig } from './read-kubeconfig.ts';
import { readServiceAccount } from './service-account.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kube-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function write(user: object, cluster: object = {}): Promise<string> {
  const path = join(folder, 'config');
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'finks-int' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://k:6443/prefix', ...cluster } }],
    users: [{ name: 'u', user }],
  };
  await writeFile(path, stringify(config));
  return path;
}

test('a certificate stands in the file itself or beside it', async () => {
  await writeFile(join(folder, 'ca.pem'), 'authority');
  const user = { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') };
  const access = await readKubeconfig(await write(user, { 'certificate-authority': 'ca.pem' }));
  expect([access.server.href, access.namespace, access.tls.ca]).toEqual([
    'https://k:6443/prefix',
    'finks-int',
    'authority',
  ]);
  expect(await access.getCredentials(false)).toEqual({ token: undefined, cert: 'cert', key: 'key' });
});

test('a token that was renewed on disk is the one that is shown', async () => {
  await writeFile(join(folder, 'token'), 'one\n');
  const { getCredentials } = await readKubeconfig(await write({ tokenFile: 'token' }));
  expect(await getCredentials(false)).toMatchObject({ token: 'one' });
  await writeFile(join(folder, 'token'), 'two\n');
  expect(await getCredentials(false)).toMatchObject({ token: 'two' });
});

test('a plugin is asked once until its token ends or is refused', async () => {
  const plugin = join(folder, 'plugin');
  const reply = '{"status":{"token":"\'$(wc -l <"$COUNT" | tr -d " ")$1\'"}}';
  await writeFile(plugin, `#!/bin/sh\necho >>"$COUNT"\necho '${reply}'\n`);
  await chmod(plugin, 0o755);
  const env = [{ name: 'COUNT', value: join(folder, 'count') }];
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', args: ['x'], env };
  const { getCredentials } = await readKubeconfig(await write({ exec }));
  expect(await Promise.all([getCredentials(false), getCredentials(false)])).toMatchObject([
    { token: '1x' },
    { token: '1x' },
  ]);
  expect(await getCredentials(true)).toMatchObject({ token: '2x' });
});

test('a plugin that fails, and what is not understood, is refused with its reason', async () => {
  const failing = await readKubeconfig(await write({ exec: { apiVersion: 'v1', command: 'false' } }));
  await expect(failing.getCredentials(false)).rejects.toMatchObject({ code: 'KUBERNETES_PLUGIN_FAILED' });
  const wrong: readonly (readonly [object, object, string])[] = [
    [{ 'auth-provider': {} }, {}, 'use an exec plugin'],
    [{}, { 'proxy-url': 'http://p' }, 'is not supported'],
    [{}, { 'certificate-authority': 'absent' }, 'ENOENT'],
  ];
  for (const [user, cluster, cause] of wrong)
    await expect(write(user, cluster).then((path) => readKubeconfig(path))).rejects.toMatchObject({
      code: 'KUBECONFIG_INVALID',
      reason: expect.stringContaining(cause),
    });
  await expect(readKubeconfig(await write({}), 'other')).rejects.toMatchObject({ code: 'KUBECONFIG_INVALID' });
});

test('inside a Pod its account is used, and its token read anew', async () => {
  for (const name of ['ca.crt', 'token', 'namespace']) await writeFile(join(folder, name), `${name}\n`);
  const variables = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const access = await readServiceAccount(variables, folder);
  expect([access.server.host, access.tls.ca, access.namespace]).toEqual(['[fd00::1]', 'ca.crt', 'namespace']);
  await writeFile(join(folder, 'token'), 'renewed');
  expect(await access.getCredentials(false)).toEqual({ token: 'renewed' });
  await expect(readServiceAccount({}, folder)).rejects.toMatchObject({ code: 'KUBERNETES_ACCOUNT_MISSING' });
});
