import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AttemptFolder, createFolder, locateFolder, writeInitialFiles } from '../attempt-folder.ts';
import { createSpentFolders } from './spent-folders.ts';

let attempts: string;
beforeEach(() => {
  attempts = mkdtempSync(join(tmpdir(), 'towpath-spent-'));
});
afterEach(() => rmSync(attempts, { recursive: true, force: true }));

function createEnded(name: string): AttemptFolder {
  const folder = locateFolder(join(attempts, name));
  createFolder(folder);
  writeInitialFiles(folder, { firstLine: 'first', inputs: {}, parameters: {} });
  return folder;
}

function linkWork({ work }: AttemptFolder): void {
  rmSync(work, { recursive: true });
  symlinkSync('/', work);
}

const HOURS_MS = 3_600_000;

test('a folder with nothing but our own files is put aside, and deleted when it is calm', async () => {
  const spent = createSpentFolders({ attempts, calmMs: 1 });
  await spent.remove(createEnded('a'));
  expect(readdirSync(attempts).filter((name) => !name.startsWith('.spent-'))).toEqual([]);
  await waitFor('it to be deleted', 10_000, () => readdirSync(attempts).length === 0);
  await spent.close();
});

test('while attempts start nothing is deleted, and the end deletes all', async () => {
  const spent = createSpentFolders({ attempts, calmMs: HOURS_MS });
  spent.noteStart();
  await spent.remove(createEnded('a'));
  await spent.remove(createEnded('b'));
  const names = readdirSync(attempts);
  expect(names).toHaveLength(2);
  // It may hold secrets.
  for (const name of names) expect(readFileSync(locateFolder(join(attempts, name)).log, 'utf8')).toBe('');
  await spent.close();
  expect(readdirSync(attempts)).toEqual([]);
});

test.each<[string, (folder: AttemptFolder) => void]>([
  ['a file in its work folder', ({ work }) => writeFileSync(join(work, 'data.csv'), 'x')],
  ['a file in its temporary folder', ({ temporary }) => writeFileSync(join(temporary, 'x'), 'x')],
  ['a file beside ours', ({ path }) => writeFileSync(join(path, 'mine'), 'x')],
  ['a result', ({ result }) => writeFileSync(result, '{}')],
  ['a log of 65 KiB', ({ log }) => writeFileSync(log, 'x'.repeat(65 * 1024 + 1))],
  ['a link in place of its work folder', linkWork],
  ['a log that has another name', ({ log, path }) => linkSync(log, `${path}.other`)],
  ['no log any more', ({ log }) => rmSync(log)],
  ['a folder in its work folder', ({ work }) => mkdirSync(join(work, 'deep'))],
])('a folder with %s is deleted at once', async (_, leave) => {
  const spent = createSpentFolders({ attempts, calmMs: HOURS_MS });
  const folder = createEnded('a');
  leave(folder);
  await spent.remove(folder);
  expect(readdirSync(attempts).filter((name) => name !== 'a.other')).toEqual([]);
  await spent.close();
});
