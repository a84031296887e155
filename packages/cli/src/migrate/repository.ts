// The edge to a repository on disk: its text files are read once, changes are written, git says what nobody may touch.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { FileChange, Snapshot } from './migration.ts';

/** Larger files are data, not code. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Listings of large repositories: 100,000 paths of 200 bytes. */
const MAX_LISTING_BYTES = 32 * 1024 * 1024;

const CODE = /(?:\.(?:py|[cm]?[jt]s|[jt]sx|sql|ya?ml|json)|(?:^|\/)\.gitignore)$/;

/**
 * Reads the code of a git repository, and of `config/` what git ignores too.
 *
 * @throws TowpathError `MIGRATE_NO_REPOSITORY`
 */
export function readRepository(folder: string): Snapshot {
  const tracked = git(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']);
  const paths = new Set([...tracked.split('\0').filter((path) => CODE.test(path)), ...listConfigFiles(folder)]);
  const entries = [...paths].sort().flatMap((path): [string, string][] => {
    const text = readText(join(folder, path));
    return text === undefined ? [] : [[path, text]];
  });
  return new Map(entries);
}

/** Those of these files that git says are changed and not committed; ignored ones count too when they are there. */
export function listModified(folder: string, changes: readonly FileChange[]): readonly string[] {
  const paths = changes.filter(({ before }) => before !== undefined).map(({ path }) => path);
  if (paths.length === 0) return [];
  const status = git(folder, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', ...paths]);
  return status.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.slice(3)]));
}

/** Writes the changes. A new file is never written over one that has come meanwhile. */
export function writeChanges(folder: string, changes: readonly FileChange[]): void {
  for (const { path, before, after } of changes) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), after, { flag: before === undefined ? 'wx' : 'w' });
  }
}

function listConfigFiles(folder: string): readonly string[] {
  const config = join(folder, 'config');
  if (!existsSync(config)) return [];
  return readdirSync(config)
    .filter((name) => name.startsWith('.env.') || /\.(?:py|ts)$/.test(name))
    .map((name) => `config/${name}`);
}

// A binary file, one that is too large and one that is gone are no code.
function readText(path: string): string | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile() || facts.size > MAX_FILE_BYTES) return undefined;
  const text = readFileSync(path, 'utf8');
  return text.includes('\0') || text.includes('\uFFFD') ? undefined : text;
}

function git(folder: string, args: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      maxBuffer: MAX_LISTING_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (thrown) {
    throw new TowpathError(
      {
        code: 'MIGRATE_NO_REPOSITORY',
        message: `${folder} can't be read as a git repository.`,
        cause: thrown instanceof Error ? thrown.message.split('\n').slice(0, 2).join(' ') : String(thrown),
        fix: 'Run it in a repository, with git installed: what a migration changes has to be reviewed and undone by git.',
      },
      { cause: thrown },
    );
  }
}
