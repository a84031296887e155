import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readGitFacts } from './read-git-facts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'git-facts-'));
  git('init', '--quiet');
  mkdirSync(join(folder, 'kit'));
  mkdirSync(join(folder, 'node_modules', 'installed'), { recursive: true });
  writeFileSync(join(folder, 'node_modules', 'installed', 'datakit.yaml'), 'name: installed\n');
  writeFileSync(join(folder, 'kit', 'datakit.yaml'), 'name: kit\n');
  writeFileSync(join(folder, 'kit', '.env'), 'TOKEN=x\n');
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n.env\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: readonly string[]): void {
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
}

test('a folder that Git ignores has no facts, though a repository is around it', async () => {
  const nothing = { revision: undefined, isModified: false, tags: [], ignored: [] };
  expect(await readGitFacts(join(folder, 'node_modules', 'installed'))).toEqual(nothing);
  expect(await readGitFacts(tmpdir())).toEqual(nothing);
});

test('before the first commit everything is in none; after it, what is ignored is named', async () => {
  expect(await readGitFacts(join(folder, 'kit'))).toMatchObject({ revision: undefined, isModified: true });
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  const facts = await readGitFacts(join(folder, 'kit'));
  expect(facts).toMatchObject({ revision: expect.stringMatching(/^[0-9a-f]{40}$/), isModified: false });
  expect(facts.ignored).toEqual(['.env']);
});
