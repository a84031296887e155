import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, type TestCertificate } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KubernetesStub, startKubernetesStub } from '../../testing/kubernetes-stub.ts';
import { testSecretProviderContract } from '../../testing/secret-provider-contract.ts';
import { createTestContext } from '../../testing/test-context.ts';
import type { ProviderContext } from '../provider-context.ts';
import { createKubernetesProvider } from './kubernetes-provider.ts';

const NEVER = new AbortController().signal;
const NAMESPACE = 'finks-dev';

let folder = '';
let certificate: TestCertificate;
let stub: KubernetesStub;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-kubernetes-'));
  certificate = createCertificate(folder);
  stub = await startKubernetesStub(certificate, 'first-token');
  await writeToken('first-token');
});
afterEach(async () => {
  await stub.server.close();
  await rm(folder, { recursive: true, force: true });
});

const writeToken = (token: string) => writeFile(join(folder, 'token'), `${token}\n`);
const toName = (name: string) => name.replace(/^\//, '').replaceAll(/[/_]/g, '-').toLowerCase();

function open(
  more: { readonly caFile?: string; readonly apiServer?: string } = {},
  context: Partial<ProviderContext> = {},
) {
  const files = { tokenFile: join(folder, 'token'), caFile: certificate.caFile };
  return createKubernetesProvider({ source: 'api', ...files, ...more }, createTestContext(context));
}

describe('Kubernetes Secrets of the API server', () => {
  testSecretProviderContract(async () => ({
    provider: open({ apiServer: stub.server.url }),
    server: stub.server,
    put: (name, value) => stub.put(NAMESPACE, toName(name), { value }),
    putFields: (name, fields) => stub.put(NAMESPACE, toName(name), fields),
    remove: (name) => stub.remove(NAMESPACE, toName(name)),
    deny: (name) => stub.deny(NAMESPACE, toName(name)),
    close: async () => undefined,
  }));

  it('the server is found by the variables of the Pod, IPv6 too', async () => {
    stub.put(NAMESPACE, 'warehouse', { value: 'hunter-22' });
    const { hostname, port } = new URL(stub.server.url);
    const variables = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    expect((await open({}, { variables }).fetch('warehouse', NEVER)).whole()?.text()).toBe('hunter-22');
    const ipv6 = open({}, { variables: { KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: '1' } });
    await expect(ipv6.fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_PROVIDER_UNREACHABLE' });
  });

  it('a token that was renewed on disk is the one that is sent', async () => {
    stub.put(NAMESPACE, 'warehouse', { value: 'hunter-22' });
    const provider = open({ apiServer: stub.server.url });
    stub.setToken('second-token');
    await expect(provider.fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_LOGIN_REFUSED' });
    await writeToken('second-token');
    expect((await provider.fetch('warehouse', NEVER)).whole()?.text()).toBe('hunter-22');
  });

  it('a server of another authority gets no token', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    const { caFile } = createCertificate(other);
    const provider = open({ apiServer: stub.server.url, caFile });
    await expect(provider.fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_PROVIDER_UNREACHABLE' });
    expect(stub.server.requests).toEqual([]);
  });

  it('a Secret on its way out is gone already', async () => {
    stub.put(NAMESPACE, 'warehouse', { value: 'hunter-22' });
    stub.beginDeletion(NAMESPACE, 'warehouse');
    const provider = open({ apiServer: stub.server.url });
    await expect(provider.fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('a name that is none of DNS is refused, and never leads into another path', async () => {
    const provider = open({ apiServer: stub.server.url });
    for (const name of ['…', 'a..b', '-a', `${'x'.repeat(254)}`]) {
      await expect(provider.fetch(name, NEVER)).rejects.toMatchObject({ code: 'SECRET_NAME_INVALID' });
    }
    await expect(provider.fetch('a/..%2f/b?x', NEVER)).rejects.toThrow();
    expect(stub.server.requests.map(({ url }) => url.pathname).every((path) => path.includes(NAMESPACE))).toBe(true);
  });

  it('outside of a cluster it says what is missing', async () => {
    const provider = createKubernetesProvider({ source: 'api' }, createTestContext());
    await expect(provider.fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_CREDENTIALS_MISSING' });
  });
});

describe('Kubernetes Secrets that are mounted', () => {
  const write = async (name: string, fields: Readonly<Record<string, string | Buffer>>) => {
    const secret = join(folder, 'mounts', toName(name));
    await mkdir(secret, { recursive: true });
    for (const [key, value] of Object.entries(fields)) await writeFile(join(secret, key), value);
  };

  testSecretProviderContract(
    async () => ({
      provider: createKubernetesProvider({ source: 'mounted', folder: join(folder, 'mounts') }, createTestContext()),
      put: (name, value) => write(name, { value }),
      putFields: write,
      remove: (name) => rm(join(folder, 'mounts', toName(name)), { recursive: true }),
      close: async () => undefined,
    }),
    { deny: 'what is mounted is allowed', network: 'files have none' },
  );
});
