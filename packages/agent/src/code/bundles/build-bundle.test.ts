import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assertNoOrphans } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BundleProblem, buildBundle, isBundleProblem, type ProjectBundle } from './build-bundle.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bundle-')));
});
afterEach(async () => {
  await assertNoOrphans(folder);
  await rm(folder, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>, root = folder): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function bundle(modules: readonly string[], root = folder): Promise<ProjectBundle> {
  const built = await buildBundle(root, modules);
  if (isBundleProblem(built)) throw new Error(built.cause);
  return built;
}

async function failToBundle(modules: readonly string[]): Promise<BundleProblem> {
  const built = await buildBundle(folder, modules);
  if (isBundleProblem(built)) return built;
  throw new Error('it was bundled');
}

function filesOf({ bytes }: ProjectBundle): Record<string, string> {
  return JSON.parse(new TextDecoder().decode(bytes));
}

const PROJECT = {
  'pipelines/a.ts': `import { word } from '../lib/word.ts'; export const a: string = word('a');`,
  'pipelines/b.js': `import { word } from '../lib/word.ts'; export const b = word('b');`,
  'lib/word.ts': `import type { X } from './types.ts'; import pad from 'pad'; export const word = (x: X) => pad(x);`,
  'lib/types.ts': 'export type X = string;',
  'node_modules/pad/package.json': '{ "name": "pad", "main": "index.js" }',
  'node_modules/pad/index.js': `const os = require('node:os'); module.exports = (x) => x + os.EOL;`,
  'tsconfig.json': '{ "extends": "./missing.json" }',
};

test('the same files give the same bytes, wherever the project lies', async () => {
  const elsewhere = join(folder, 'elsewhere');
  await write(PROJECT);
  await write(PROJECT, elsewhere);
  const first = await bundle(['pipelines/a.ts', 'pipelines/b.js']);
  const second = await bundle(['pipelines/a.ts', 'pipelines/b.js'], elsewhere);
  expect(second.hash).toBe(first.hash);
  expect(Buffer.from(second.bytes).equals(first.bytes)).toBe(true);
  await write({ 'lib/word.ts': PROJECT['lib/word.ts'].replace('pad(x)', 'pad(x + 1)') });
  expect((await bundle(['pipelines/a.ts', 'pipelines/b.js'])).hash).not.toBe(first.hash);
});

test('it holds the modules with packages and source maps, and names what of the project went into it', async () => {
  await write(PROJECT);
  const built = await bundle(['pipelines/a.ts', 'pipelines/b.js']);
  const files = filesOf(built);
  expect(Object.keys(files).filter((path) => path.startsWith('pipelines/'))).toEqual([
    'pipelines/a.ts.mjs',
    'pipelines/a.ts.mjs.map',
    'pipelines/b.js.mjs',
    'pipelines/b.js.mjs.map',
  ]);
  expect(JSON.parse(files['pipelines/a.ts.mjs.map'] ?? '').sources).toEqual(['a.ts']);
  expect(Object.values(files).join('')).toContain('os.EOL');
  expect(built.inputs).toEqual(['lib/word.ts', 'pipelines/a.ts', 'pipelines/b.js']);
});

test('two builds at once do not end each other', async () => {
  await write(PROJECT);
  const built = await Promise.all([bundle(['pipelines/a.ts']), bundle(['pipelines/b.js']), bundle(['pipelines/a.ts'])]);
  expect(built[2]?.hash).toBe(built[0]?.hash);
});

test('what can not be resolved, a syntax error and a native add-on are problems with their place', async () => {
  await write({ 'pipelines/a.ts': `import './missing.ts';`, 'pipelines/b.ts': 'const a = 1;\nconst b: = 2;' });
  expect(await failToBundle(['pipelines/a.ts'])).toMatchObject({
    code: 'BUNDLE_FAILED',
    cause: expect.stringContaining("\n  at pipelines/a.ts:1:8\n  1 | import './missing.ts';"),
  });
  expect((await failToBundle(['pipelines/b.ts'])).cause).toContain('at pipelines/b.ts:2:');
  await write({ 'pipelines/c.ts': `import './fast.node';`, 'pipelines/fast.node': '' });
  expect(await failToBundle(['pipelines/c.ts'])).toMatchObject({ code: 'BUNDLE_NATIVE_ADDON' });
});
