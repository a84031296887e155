// What an attempt finds in its volume, as one tar archive. Any user of the image may read and write there: who else could is
// inside the same container.
import { posix } from 'node:path';
import { packTar, type TarEntry } from 'modern-tar';
import { listAttemptFiles, listBundleFiles, toSecretVariables } from '../attempt-files.ts';
import { CONTAINER_PATHS, MOUNT } from '../container-paths.ts';
import type { EntryKind } from '../entry-kind.ts';
import type { AttemptSpecification } from '../executor.ts';
import { formatSecrets } from './container-entry.ts';

/** The archive, to be unpacked at the mount point. `runner` is the task runner as one module. */
export async function packAttempt(
  specification: AttemptSpecification,
  entry: EntryKind,
  runner: () => Promise<string>,
): Promise<Uint8Array> {
  const files = [...(await listAttemptFiles(specification, runner)), ...(await listBundleFiles(specification))];
  const secrets = toSecretVariables(specification);
  const entries = [
    ...listFolders(files.map(({ path }) => path)),
    ...files.map(({ path, body }) => file(path, body)),
    ...(Object.keys(secrets).length === 0 ? [] : [file(CONTAINER_PATHS.secrets, formatSecrets(entry, secrets))]),
  ];
  return await packTar(entries);
}

/** All folders below the mount point, parents first. */
function listFolders(paths: readonly string[]): TarEntry[] {
  const folders = new Set<string>([CONTAINER_PATHS.work, CONTAINER_PATHS.temporary]);
  for (const path of [...folders, ...paths])
    for (let at = posix.dirname(path); at !== MOUNT; at = posix.dirname(at)) folders.add(at);
  return [...folders].sort().map(folder);
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
