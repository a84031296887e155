import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TowpathError } from '@towpath/core';
import { expect, test } from 'vitest';
import { readDatakits } from './read-datakits.ts';

const SQLSERVER = fileURLToPath(new URL('../../../../datakits/sqlserver', import.meta.url));

const SMALL = 'name: small\nversion: 1.0.0\nkind: test\ncommands: [run]\n';

async function install(manifest: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'datakit-'));
  await writeFile(join(folder, 'datakit.yaml'), manifest);
  return folder;
}

function catchError(act: () => unknown): TowpathError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof TowpathError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

test('the SQL Server datakit can be read', () => {
  const [datakit] = readDatakits([SQLSERVER]);
  expect(datakit).toMatchObject({
    name: 'sqlserver-bronze',
    commands: ['datakit-sqlserver'],
    executableFolder: join(SQLSERVER, 'bin'),
  });
  expect(datakit?.environment.find(({ name }) => name === 'MSSQL_SERVER')?.required).toBe(true);
});

test('a small manifest has defaults', async () => {
  const folder = await install(SMALL);
  expect(readDatakits([folder])).toMatchObject([
    { environment: [], description: '', executableFolder: join(folder, 'bin') },
  ]);
});

test.each([
  ['an unknown key', `${SMALL}image: x\n`, 'image'],
  ['a version that is none', SMALL.replace('1.0.0', 'latest'), 'version'],
  ['a folder outside', `${SMALL}executableFolder: ../bin\n`, 'executableFolder'],
  ['no YAML', 'name: [', 'datakit.yaml'],
  ['a variable no shell accepts', `${SMALL}environment: [{ name: A-B }]\n`, 'environment'],
])('a manifest with %s is refused', async (_, manifest, part) => {
  const folder = await install(manifest);
  const error = catchError(() => readDatakits([folder]));
  expect(error.code).toBe('DATAKIT_MANIFEST_INVALID');
  expect(`${error.message} ${error.reason}`).toContain(part);
});

test('a missing manifest and a datakit installed twice are refused', async () => {
  expect(catchError(() => readDatakits([tmpdir()])).code).toBe('DATAKIT_MANIFEST_INVALID');
  const folders = [await install(SMALL), await install(SMALL)];
  expect(catchError(() => readDatakits(folders)).code).toBe('DATAKIT_DUPLICATE');
});
