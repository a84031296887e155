import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createCertificate } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DelineaStub, type StubItem, startDelineaStub } from '../../testing/delinea-stub.ts';
import { testSecretProviderContract } from '../../testing/secret-provider-contract.ts';
import { createTestContext } from '../../testing/test-context.ts';
import type { ProviderContext } from '../provider-context.ts';
import { type DelineaProviderOptions, parseSecretsOptions } from '../secrets-options.ts';
import { createDelineaProvider } from './delinea-provider.ts';

const NEVER = new AbortController().signal;

let stub: DelineaStub;
let nowMs = 0;

beforeEach(async () => {
  nowMs = 0;
  stub = await startDelineaStub();
});
afterEach(() => stub.server.close());

function open(more: Partial<DelineaProviderOptions> = {}, context: Partial<ProviderContext> = {}) {
  const parsed = parseSecretsOptions('dev', { provider: 'delinea', options: { url: stub.server.url, ...more } });
  if (parsed.provider !== 'delinea') throw new Error('another provider');
  const variables = { DELINEA_ACCOUNT: stub.account, DELINEA_PASSWORD: stub.password };
  return createDelineaProvider(parsed.options, createTestContext({ variables, clock: () => nowMs, ...context }));
}

const toPath = (name: string) => (name.startsWith('/') ? name : `/Data/dev/${name}`).replaceAll('/', '\\');
const fetchText = async (provider: ReturnType<typeof open>, name: string) =>
  (await provider.fetch(name, NEVER)).whole()?.text();

function item(slug: string, value: string | Buffer, isPassword = false): StubItem {
  return { slug, fieldName: slug.toUpperCase(), value, isPassword };
}

function putPassword(path: string, password = 'hunter-22'): void {
  const items = [item('username', 'loader'), item('password', password, true), item('notes', '')];
  stub.put({ id: 4711, path, items });
}

describe.each(['secret-server', 'platform'] as const)('Delinea %s', (product) => {
  testSecretProviderContract(async () => ({
    provider: open({ product, folder: '/Data/dev' }),
    server: stub.server,
    put: (name, value) => stub.put({ id: 1, path: toPath(name), items: [item('value', value)] }),
    putFields: (name, fields) =>
      stub.put({ id: 2, path: toPath(name), items: Object.entries(fields).map(([slug, value]) => item(slug, value)) }),
    remove: (name) => stub.remove(toPath(name)),
    deny: (name) => stub.put({ id: 1, path: toPath(name), items: [], errorCode: 'API_AccessDenied' }),
    close: async () => undefined,
  }));

  it('asks by path below its folder, by a path of its own, and by id', async () => {
    putPassword('\\Data\\dev\\ware house');
    for (const name of ['ware house', '/Data/dev/ware house', '4711']) {
      expect(await fetchText(open({ product, folder: '\\Data\\dev\\' }), name)).toBe('hunter-22');
    }
  });

  it('logs in once for many questions, and again before the token ends', async () => {
    putPassword('\\x');
    stub.setTokenSeconds(600);
    const provider = open({ product });
    await Promise.all(Array.from({ length: 20 }, () => provider.fetch('x', NEVER)));
    nowMs = 500_000;
    await provider.fetch('x', NEVER);
    expect(stub.countLogins()).toBe(1);
    nowMs = 545_000;
    await Promise.all(Array.from({ length: 20 }, () => provider.fetch('x', NEVER)));
    expect(stub.countLogins()).toBe(2);
  });

  it('a token that is refused is renewed once', async () => {
    putPassword('\\x');
    const provider = open({ product });
    await provider.fetch('x', NEVER);
    stub.endTokens();
    expect(await fetchText(provider, 'x')).toBe('hunter-22');
    expect(stub.countLogins()).toBe(2);
  });

  it('a refused login isn’t repeated until the password is another or five minutes have passed', async () => {
    putPassword('\\x');
    const folder = await mkdtemp(join(tmpdir(), 'towpath-delinea-'));
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'wrong-canary');
    const provider = open({ product, passwordFile });
    for (let ask = 0; ask < 5; ask += 1) {
      const thrown = await provider.fetch('x', NEVER).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'SECRET_LOGIN_REFUSED' });
      expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain('wrong-canary');
    }
    expect(stub.countLogins()).toBe(1);
    nowMs += 300_000;
    await expect(provider.fetch('x', NEVER)).rejects.toMatchObject({ code: 'SECRET_LOGIN_REFUSED' });
    expect(stub.countLogins()).toBe(2);
    await writeFile(passwordFile, `${stub.password}\n`);
    expect(await fetchText(provider, 'x')).toBe('hunter-22');
    await rm(folder, { recursive: true });
  });
});

describe('Delinea', () => {
  it('a template with one password has it as its value, and its other fields by slug or name', async () => {
    putPassword('\\x');
    const document = await open().fetch('x', NEVER);
    expect(document.whole()?.text()).toBe('hunter-22');
    expect([document.field('username')?.text(), document.field('USERNAME')?.text()]).toEqual(['loader', 'loader']);
  });

  it('a file is a field of bytes', async () => {
    const keytab = Buffer.from([5, 2, 0, 0xff, 0x0a]);
    stub.put({ id: 9, path: '\\kerberos', items: [item('principal', 'svc@REALM'), item('keytab', keytab)] });
    const document = await open().fetch('kerberos', NEVER);
    expect(document.field('keytab')?.bytes()).toEqual(keytab);
    expect(document.field('principal')?.text()).toBe('svc@REALM');
  });

  it.each([
    ['API_AccessDenied', 'SECRET_DENIED'],
    ['API_CheckOutRequired', 'SECRET_NEEDS_PERSON'],
    ['API_ValidateSecretAccessCommentRequired', 'SECRET_NEEDS_PERSON'],
    ['API_ValidateSecretAccessApprovalRequired', 'SECRET_NEEDS_PERSON'],
    ['API_DoubleLockPasswordRequired', 'SECRET_NEEDS_PERSON'],
  ])('400 %s means %s', async (errorCode, code) => {
    stub.put({ id: 1, path: '\\x', items: [], errorCode });
    await expect(open().fetch('x', NEVER)).rejects.toMatchObject({ code });
  });

  it('a secret that was deactivated was deleted', async () => {
    stub.put({ id: 1, path: '\\x', items: [item('password', 'canary')], active: false });
    await expect(open().fetch('x', NEVER)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('a sign-in page in place of a token, or of a file, is neither', async () => {
    const provider = open();
    stub.server.setFault('page', 'canary');
    await expect(provider.fetch('x', NEVER)).rejects.toMatchObject({ code: 'SECRET_REPLY_INVALID' });
  });

  it('accounts of two environments share nothing', async () => {
    putPassword('\\x');
    await Promise.all([open().fetch('x', NEVER), open().fetch('x', NEVER)]);
    expect(stub.countLogins()).toBe(2);
  });

  it('without credentials nothing is asked', async () => {
    const provider = open({}, { variables: {} });
    await expect(provider.fetch('x', NEVER)).rejects.toMatchObject({ code: 'SECRET_CREDENTIALS_MISSING' });
    expect(stub.server.requests).toEqual([]);
  });

  it('a company’s own authority is trusted when the options name it, and only then', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'towpath-delinea-'));
    const certificate = createCertificate(folder);
    const secure = await startDelineaStub(certificate);
    secure.put({ id: 1, path: '\\x', items: [item('value', 'hunter-22')] });
    try {
      const { url } = secure.server;
      expect(await fetchText(open({ url, caFile: certificate.caFile }), 'x')).toBe('hunter-22');
      await expect(open({ url }).fetch('x', NEVER)).rejects.toMatchObject({ code: 'SECRET_PROVIDER_UNREACHABLE' });
    } finally {
      await secure.server.close();
      await rm(folder, { recursive: true });
    }
  });
});
