import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDatakit } from '../manifest/read-datakits.ts';
import { collectFiles } from './collect-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-collect-'));
  write('outside/key', 'secret');
  const manifest = ['name: kit', 'version: 1.0.0', 'kind: x', 'commands: [go]', 'image: { files: [docs] }'];
  write('kit/datakit.yaml', `${manifest.join('\n')}\n`);
  write('kit/bin/go', '#!/bin/sh\n');
  write('kit/docs/text', 'text');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content, { mode: 0o755 });
}

test('links inside of the folder are what they lead to', async () => {
  symlinkSync('../docs/text', join(folder, 'kit/bin/link'));
  const files = await collectFiles(readDatakit(join(folder, 'kit')));
  const linked = files.find(({ path }) => path === '/opt/datakits/kit/bin/link');
  expect(Buffer.from(linked?.bytes ?? []).toString()).toBe('text');
});

test.each([
  ['a file', '../../outside/key'],
  ['a folder', '../../outside'],
])('a link that leads out of it, to %s, is refused', async (_, target) => {
  symlinkSync(target, join(folder, 'kit/docs/link'));
  await expect(collectFiles(readDatakit(join(folder, 'kit')))).rejects.toMatchObject({ code: 'DATAKIT_FILE_UNFIT' });
});
