// datakit.yaml: what a datakit is called, where its commands lie and what it wants to know of its environment.
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { parse } from 'yaml';
import { z } from 'zod';

/** Name of the manifest in a datakit's folder. */
const DATAKIT_FILE = 'datakit.yaml';

const Variable = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
  required: z.boolean().default(false),
  description: z.string().default(''),
});

const Manifest = z.strictObject({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, 'must be a version such as 0.1.0'),
  kind: z.string(),
  description: z.string().default(''),
  commands: z.array(z.string().min(1)).min(1),
  executableFolder: z.string().default('bin'),
  environment: z.array(Variable).default([]),
  /** Targets it writes to without a variable that begins with their names. */
  targets: z.array(z.string().min(1)).default([]),
});

/** A datakit on this host. */
export interface InstalledDatakit extends z.infer<typeof Manifest> {
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
  const datakits = folders.map((folder) => readDatakit(resolve(folder)));
  for (const [at, { name, version, folder }] of datakits.entries()) {
    const other = datakits.slice(0, at).find((earlier) => earlier.name === name && earlier.version === version);
    if (other !== undefined) throw duplicate(`${name} ${version}`, [other.folder, folder]);
  }
  return datakits;
}

function readDatakit(folder: string): InstalledDatakit {
  const path = join(folder, DATAKIT_FILE);
  const parsed = Manifest.safeParse(readYaml(path));
  if (!parsed.success) throw invalid(path, z.prettifyError(parsed.error));
  const executableFolder = resolve(folder, parsed.data.executableFolder);
  if (relative(folder, executableFolder).startsWith('..'))
    throw invalid(path, 'executableFolder must lie in the folder of the datakit');
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
    fix: 'It has name, version, kind, description, commands, executableFolder, environment and targets, and nothing else.',
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
