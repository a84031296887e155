// The datakits of a host, as an agent needs them: every manifest good, or none is taken.
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { DATAKIT_FILE, type Manifest, ManifestSchema } from './manifest-schema.ts';

/** A datakit on this host. */
export interface InstalledDatakit extends Manifest {
  readonly folder: string;
  /** Absolute. */
  readonly executableFolder: string;
}

/**
 * Reads the manifests of these folders.
 *
 * @throws TowpathError `DATAKIT_MANIFEST_INVALID`, `DATAKIT_DUPLICATE`
 */
export function readDatakits(folders: readonly string[]): readonly InstalledDatakit[] {
  const datakits = folders.map((folder) => readDatakit(folder));
  for (const [at, { name, version, folder }] of datakits.entries()) {
    const other = datakits.slice(0, at).find((earlier) => earlier.name === name && earlier.version === version);
    if (other !== undefined) throw duplicate(`${name} ${version}`, [other.folder, folder]);
  }
  return datakits;
}

/** Reads the manifest of one folder. @throws TowpathError `DATAKIT_MANIFEST_INVALID` */
export function readDatakit(path: string): InstalledDatakit {
  const folder = resolve(path);
  const file = join(folder, DATAKIT_FILE);
  const parsed = ManifestSchema.safeParse(readYaml(file));
  if (!parsed.success) throw invalid(file, z.prettifyError(parsed.error));
  const executableFolder = resolve(folder, parsed.data.executableFolder);
  if (relative(folder, executableFolder).startsWith('..'))
    throw invalid(file, 'executableFolder must lie in the folder of the datakit');
  return { ...parsed.data, folder, executableFolder };
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    throw invalid(path, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function invalid(path: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_MANIFEST_INVALID',
    message: `${path} can't be read as a datakit's manifest.`,
    cause: cause.replaceAll('\n', ' '),
    fix: '`npx towpath datakit validate` lists all problems with their lines; docs/reference/datakits.md lists the keys.',
  });
}

function duplicate(name: string, folders: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_DUPLICATE',
    message: `Datakit ${name} is installed twice.`,
    cause: `It lies in ${folders.join(' and in ')}.`,
    fix: 'Remove one, or give it another version.',
  });
}
