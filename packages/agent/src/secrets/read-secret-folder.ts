// Secrets as files: `name` is a file with the value, or a folder with one file for each field (as Kubernetes and Docker
// mount them, through links). Nothing outside of the folder is read, wherever a link leads, and nothing of another environment.
import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { FOLLOWING_LINKS, readOwnFile } from '../executors/own-file.ts';
import type { ProviderContext } from './provider-context.ts';
import { toContentDocument, toFieldDocument } from './secret-document.ts';
import { type SecretFailure, secretDenied, secretMissing, secretNameInvalid } from './secret-errors.ts';
import type { SecretDocument } from './secret-provider.ts';
import { SecretValue } from './secret-value.ts';

/** Larger files are something else that lies in the folder. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Where secrets lie, and whose they are. */
export type SecretFolder = Pick<ProviderContext, 'findForeignOwner'> & { readonly folder: string };

interface Root extends Pick<SecretFolder, 'findForeignOwner'> {
  /** Without links. */
  readonly path: string;
}

/**
 * Reads `name` beneath the folder.
 *
 * @throws SecretFailure `SECRET_MISSING`, `SECRET_DENIED`, `SECRET_NAME_INVALID`
 */
export async function readSecretFolder(
  { folder, findForeignOwner }: SecretFolder,
  name: string,
): Promise<SecretDocument> {
  const root = { findForeignOwner, path: await translate(name, realpath(folder)) };
  const path = await resolveInside(root, join(root.path, name), name);
  const content = readValue(path);
  if (content !== undefined) return toContentDocument(content);
  const entries = await translate(name, readdir(path, { withFileTypes: true }));
  const fields = await readFields(root, path, entries, name);
  if (fields.size === 0) throw missing(name);
  return toFieldDocument(fields);
}

async function readFields(
  root: Root,
  path: string,
  entries: readonly Dirent[],
  name: string,
): Promise<ReadonlyMap<string, SecretValue>> {
  const fields = new Map<string, SecretValue>();
  // `..data` and its like are how Kubernetes changes all files of a mount at once.
  for (const entry of entries.filter((each) => !each.name.startsWith('.') && !each.isDirectory())) {
    const value = readValue(await resolveInside(root, join(path, entry.name), name));
    if (value !== undefined) fields.set(entry.name, value);
  }
  return fields;
}

async function resolveInside(root: Root, path: string, name: string): Promise<string> {
  const real = await translate(name, realpath(path));
  if (!real.startsWith(root.path + sep))
    throw secretNameInvalid(name, 'It leads out of the folder of secrets.', 'Put the file itself into the folder.');
  // The name was judged by whoever asks; here only what a link makes of it.
  const owner = real === path ? undefined : root.findForeignOwner(`/${relative(root.path, real).replaceAll(sep, '/')}`);
  if (owner === undefined) return real;
  throw secretDenied(name, `It is a link to a secret of ${owner}.`, 'Put a file of its own in its place.');
}

/** Undefined when it is no regular file. */
function readValue(path: string): SecretValue | undefined {
  const bytes = readOwnFile(path, { offset: 0, maxBytes: MAX_FILE_BYTES + 1, flags: FOLLOWING_LINKS });
  if (bytes === undefined || bytes.length > MAX_FILE_BYTES) return undefined;
  return new SecretValue(bytes, { dropsFinalNewline: true });
}

async function translate<T>(name: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') {
      throw secretDenied(name, 'The agent may not read its file.', 'Let the user of the agent read it.');
    }
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP') throw missing(name);
    throw thrown;
  }
}

function missing(name: string): SecretFailure {
  return secretMissing(name, 'The folder of secrets has no file of that name.', 'Create it, or correct the reference.');
}
