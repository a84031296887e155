import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testSecretProviderContract } from '../../testing/secret-provider-contract.ts';
import { createTestContext } from '../../testing/test-context.ts';
import { createFileProvider } from './file-provider.ts';

const NEVER = new AbortController().signal;

describe('secrets as files', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'towpath-secrets-'));
    await mkdir(join(folder, 'secrets'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (name: string, value: string | Buffer): Promise<void> => {
    const path = join(folder, 'secrets', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, value);
  };
  const open = () => createFileProvider({ folder: 'secrets' }, createTestContext({ projectFolder: folder }));
  const fetchText = async (name: string) => (await open().fetch(name, NEVER)).whole()?.text();

  testSecretProviderContract(
    async () => ({
      provider: open(),
      put: write,
      putFields: (name, fields) => write(name, JSON.stringify(fields)),
      remove: (name) => rm(join(folder, 'secrets', name)),
      close: async () => undefined,
    }),
    { deny: 'root, as whom CI runs, may read every file', network: 'files have none' },
  );

  it('a final line break is an editor’s, and goes from the text but not from the bytes', async () => {
    await write('key', 'hunter-22\r\n');
    const value = (await open().fetch('key', NEVER)).whole();
    expect([value?.text(), value?.bytes().length]).toEqual(['hunter-22', 11]);
  });

  it('a folder has a field for each file, through links as Kubernetes and Docker mount them', async () => {
    await write('fmp/..2026_07/user', 'loader');
    await write('fmp/..2026_07/password', 'hunter-22');
    await symlink('..2026_07', join(folder, 'secrets/fmp/..data'));
    for (const key of ['user', 'password']) await symlink(`..data/${key}`, join(folder, `secrets/fmp/${key}`));
    const document = await open().fetch('fmp', NEVER);
    expect([document.field('user')?.text(), document.field('password')?.text()]).toEqual(['loader', 'hunter-22']);
    expect(document.field('..data')).toBeUndefined();
    expect(document.whole()).toBeUndefined();
  });

  it('nothing outside of the folder is read, wherever a link leads', async () => {
    await writeFile(join(folder, 'outside'), 'canary');
    await symlink('../outside', join(folder, 'secrets/link'));
    await symlink('..', join(folder, 'secrets/up'));
    await mkdir(join(folder, 'secrets/set'));
    await symlink('../../outside', join(folder, 'secrets/set/key'));
    for (const name of ['link', 'up', 'up/outside', 'set']) {
      await expect(open().fetch(name, NEVER)).rejects.toMatchObject({ code: 'SECRET_NAME_INVALID' });
    }
  });

  it('a link to a secret of another environment is not followed', async () => {
    await write('prod/key', 'canary');
    await write('dev/own', 'hunter-22');
    await symlink('../prod/key', join(folder, 'secrets/dev/link'));
    await symlink('../prod', join(folder, 'secrets/dev/all'));
    await symlink('own', join(folder, 'secrets/dev/alias'));
    const findForeignOwner = (path: string) => (path.startsWith('/prod') ? 'prod' : undefined);
    const context = createTestContext({ projectFolder: folder, findForeignOwner });
    const provider = createFileProvider({ folder: 'secrets' }, context);
    for (const name of ['dev/link', 'dev/all', 'dev/all/key', 'dev'])
      await expect(provider.fetch(name, NEVER)).rejects.toMatchObject({ code: 'SECRET_DENIED' });
    expect((await provider.fetch('dev/alias', NEVER)).whole()?.text()).toBe('hunter-22');
  });

  it('numbers that JSON would round are no values; others are', async () => {
    const text = '{"id":12345678901234567890,"port":5432,"tls":true,"none":null,"list":[1,"a"],"share":0.10}';
    await write('db', text);
    const document = await open().fetch('db', NEVER);
    const fields = ['id', 'port', 'tls', 'none', 'list', 'share', 'toString', '__proto__'];
    const texts = fields.map((field) => document.field(field)?.text());
    expect(texts).toEqual([undefined, '5432', 'true', undefined, '[1,"a"]', undefined, undefined, undefined]);
  });

  it('a folder that is absent, empty or of another kind has no secret', async () => {
    await mkdir(join(folder, 'secrets/empty'));
    for (const name of ['absent', 'absent/too', 'empty', 'x'.repeat(300)]) {
      await expect(fetchText(name)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    }
  });
});
