import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readDockerCredentials } from './registry-credentials.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credentials-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const toAuth = (text: string): string => Buffer.from(text).toString('base64');
const find = async (config: object, registry: string) => {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return await readDockerCredentials(folder)(registry);
};

test.each([
  ['registry.example:5000', { 'registry.example:5000': { auth: toAuth('ada:p:w') } }],
  ['registry.example', { 'https://registry.example': { auth: toAuth('ada:p:w') } }],
  ['docker.io', { 'https://index.docker.io/v1/': { auth: toAuth('ada:p:w') } }],
])('A14 a login for %s is found as docker keeps it', async (registry, auths) => {
  expect(await find({ auths }, registry)).toEqual({ username: 'ada', password: 'p:w' });
  expect(await find({ auths }, 'other.example')).toBeUndefined();
});

test('A14 a credential helper is asked for its registry, and only then', async () => {
  const helper = join(folder, 'docker-credential-testing');
  writeFileSync(helper, `#!/bin/sh\nread -r registry\nprintf '{"Username":"%s","Secret":"s"}' "$registry"\n`);
  chmodSync(helper, 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  const credHelpers = { 'registry.example': 'testing' };
  expect(await find({ credHelpers }, 'registry.example')).toEqual({ username: 'registry.example', password: 's' });
  expect(await find({ credHelpers }, 'other.example')).toBeUndefined();
  expect(await find({ credsStore: 'testing' }, 'other.example')).toEqual({ username: 'other.example', password: 's' });
  expect(await find({ credsStore: 'absent' }, 'other.example')).toBeUndefined();
  expect(await find({ credsStore: '../../bin/sh' }, 'other.example')).toBeUndefined();
});

test('A14 without a configuration there are no logins', async () => {
  expect(await readDockerCredentials(join(folder, 'absent'))('registry.example')).toBeUndefined();
});
