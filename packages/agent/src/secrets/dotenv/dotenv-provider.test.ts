import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testSecretProviderContract } from '../../testing/secret-provider-contract.ts';
import { createTestContext } from '../../testing/test-context.ts';
import { createDotenvProvider } from './dotenv-provider.ts';

const NEVER = new AbortController().signal;

describe('secrets in a .env file', () => {
  let folder = '';
  let values: Map<string, string>;
  beforeEach(async () => {
    values = new Map();
    folder = await mkdtemp(join(tmpdir(), 'towpath-dotenv-'));
    await mkdir(join(folder, 'config'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = () => createDotenvProvider(createTestContext({ projectFolder: folder }));
  const write = (file: string, text: string) => writeFile(join(folder, 'config', file), text);
  const save = () => write('.env.dev.secrets', [...values].map(([name, text]) => `${name}='${text}'`).join('\n'));
  const toVariable = (name: string) => name.replace(/^\//, '').replaceAll('/', '_').toUpperCase();

  testSecretProviderContract(
    async () => ({
      provider: open(),
      put: async (name, value) => {
        values.set(toVariable(name), value.toString());
        await save();
      },
      putFields: async (name, fields) => {
        for (const [key, text] of Object.entries(fields)) values.set(toVariable(`${name}/${key}`), text);
        await save();
      },
      remove: async (name) => {
        values.delete(toVariable(name));
        await save();
      },
      close: async () => undefined,
    }),
    { bytes: 'a .env file holds text', deny: 'a file has no accounts', network: 'a file has none' },
  );

  it('the file of secrets stands above the environment’s own, where a reference is no value', async () => {
    await write('.env.dev', 'A=from-env\nB=from-env\nC=secret://c\n');
    await write('.env.dev.secrets', 'A=from-secrets\n');
    const text = async (name: string) => (await open().fetch(name, NEVER)).whole()?.text();
    expect([await text('a'), await text('b')]).toEqual(['from-secrets', 'from-env']);
    await expect(text('c')).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('a field is a variable of its own, or a member of a JSON object', async () => {
    await write('.env.dev', `WAREHOUSE='{"user":"u","password":"in-json"}'\nWAREHOUSE_PASSWORD=own\n`);
    const document = await open().fetch('warehouse', NEVER);
    expect([document.field('user')?.text(), document.field('password')?.text()]).toEqual(['u', 'own']);
  });

  it('lines that can’t be read are named by place, not quoted', async () => {
    await write('.env.dev.secrets', 'OK=1\nthis canary is no assignment\n');
    const expected = { code: 'SECRET_MISSING', reason: expect.stringContaining('config/.env.dev.secrets:2') };
    await expect(open().fetch('warehouse', NEVER)).rejects.toMatchObject(expected);
    await expect(open().fetch('warehouse', NEVER)).rejects.not.toMatchObject({
      reason: expect.stringContaining('canary'),
    });
  });

  it('without either file there is no secret', async () => {
    await expect(open().fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });
});
