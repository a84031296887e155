// What an attempt finds in its volume, as one tar archive. Any user of the image may read and write there: who else could is
// inside the same container.
import { glob, readFile } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import type { RunnerOrder } from '@towpath/sdk';
import { packTar, type TarEntry } from 'modern-tar';
import type { AttemptSpecification, AttemptWork } from '../executor.ts';
import { type EntryKind, formatSecrets } from './container-entry.ts';
import { CONTAINER_PATHS, MOUNT, PATH_VARIABLES } from './container-paths.ts';

type FunctionWork = Extract<AttemptWork, { kind: 'function' }>;

/** The archive, to be unpacked at the mount point. `runner` is the task runner as one module. */
export async function packAttempt(
  specification: AttemptSpecification,
  entry: EntryKind,
  runner: () => Promise<string>,
): Promise<Uint8Array> {
  const { work, inputs, parameters } = specification;
  const entries = [
    folder(posix.dirname(CONTAINER_PATHS.work)),
    folder(CONTAINER_PATHS.work),
    folder(CONTAINER_PATHS.temporary),
    file(CONTAINER_PATHS.inputs, JSON.stringify(inputs)),
    file(CONTAINER_PATHS.parameters, JSON.stringify(parameters)),
    ...toSecretFiles(specification, entry),
    ...(work.kind === 'function' ? await toFunctionFiles(specification, work, await runner()) : []),
  ];
  return await packTar(entries);
}

function toSecretFiles(
  { work, secretNames, environmentVariables }: AttemptSpecification,
  entry: EntryKind,
): TarEntry[] {
  if (work.kind === 'function') return [];
  const secrets = Object.entries(environmentVariables).filter(([name]) => secretNames.has(name));
  return secrets.length === 0 ? [] : [file(CONTAINER_PATHS.secrets, formatSecrets(entry, Object.fromEntries(secrets)))];
}

async function toFunctionFiles(
  { environmentVariables }: AttemptSpecification,
  { bundleFolder, module, export: exportName, taskId }: FunctionWork,
  runner: string,
): Promise<TarEntry[]> {
  const order: RunnerOrder = {
    environmentVariables: { ...environmentVariables, ...PATH_VARIABLES },
    workFolder: CONTAINER_PATHS.work,
    bundleFolder: CONTAINER_PATHS.bundle,
    module,
    export: exportName,
    taskId,
  };
  return [
    file(CONTAINER_PATHS.order, JSON.stringify(order)),
    file(CONTAINER_PATHS.runner, runner),
    ...(await readBundle(bundleFolder)),
  ];
}

async function readBundle(bundleFolder: string): Promise<TarEntry[]> {
  const entries: TarEntry[] = [folder(CONTAINER_PATHS.bundle)];
  for await (const found of glob('**', { cwd: bundleFolder, withFileTypes: true })) {
    const path = join(found.parentPath, found.name);
    const name = posix.join(CONTAINER_PATHS.bundle, path.slice(bundleFolder.length + 1).replaceAll(sep, '/'));
    if (found.isDirectory()) entries.push(folder(name));
    else if (found.isFile()) entries.push(file(name, await readFile(path)));
  }
  return entries;
}

const ANYBODY_READS = 0o666;
const ANYBODY_ENTERS = 0o777;

function file(path: string, body: string | Buffer): TarEntry {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { header: { ...header(path), size: bytes.length, type: 'file', mode: ANYBODY_READS }, body: bytes };
}

function folder(path: string): TarEntry {
  return { header: { ...header(`${path}/`), size: 0, type: 'directory', mode: ANYBODY_ENTERS } };
}

function header(path: string): { readonly name: string; readonly mtime: Date } {
  return { name: path.slice(MOUNT.length + 1), mtime: new Date(0) };
}
