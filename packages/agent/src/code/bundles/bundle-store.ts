// The bundles on this host, one folder each, named by hash. A folder is there as a whole or not at all.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { type Client, DownloadBundle } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import type { ServerLink } from '../../session/server-link.ts';

export interface BundleStore {
  /** Keeps a bundle that was built here. */
  add(bundle: { readonly hash: string; readonly bytes: Uint8Array }): Promise<void>;
  /**
   * Folder with the files of a bundle; downloads what is not here, and waits for a server that is away.
   *
   * @throws TowpathError `BUNDLE_UNKNOWN`, `BUNDLE_INVALID`
   */
  get(hash: string, signal: AbortSignal): Promise<string>;
}

export interface BundleStoreOptions {
  /** Bundles live in `bundles/<hash>/` here. */
  readonly stateFolder: string;
  readonly client: Client;
  readonly link: ServerLink;
}

const Files = z.record(z.string(), z.string());

/** It becomes the name of a folder. */
const HASH = /^[0-9a-f]{64}$/;

/** A large one on a slow line. */
const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * Longer than any attempt may take (30 days): a function that still runs may load more of its bundle. What is deleted
 * too early is downloaded again; what stays too long costs some hundred KiB.
 */
const UNUSED_DAYS = 31;

/** Opens the store; deletes what was not used for a month and what a killed agent left half-written. */
export async function openBundleStore({ stateFolder, client, link }: BundleStoreOptions): Promise<BundleStore> {
  const folder = join(stateFolder, 'bundles');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await sweep(folder);
  const add: BundleStore['add'] = async ({ hash, bytes }) => {
    if (await isThere(join(folder, hash))) return;
    await writeBundle(folder, hash, bytes);
  };
  const downloads = new Map<string, Promise<void>>();
  const download = async (hash: string, signal: AbortSignal): Promise<void> => {
    const bytes = await link.ask(
      async (callSignal) => {
        const response = await client.send(DownloadBundle, { params: { hash }, signal: callSignal });
        return new Uint8Array(await response.arrayBuffer());
      },
      { signal, timeoutMs: DOWNLOAD_TIMEOUT_MS },
    );
    if (createHash('sha256').update(bytes).digest('hex') !== hash) throw invalid(hash, 'its bytes have another hash');
    await add({ hash, bytes });
  };
  return {
    add,
    get: async (hash, signal) => {
      if (!HASH.test(hash)) throw invalid(hash, 'that is no hash');
      const path = join(folder, hash);
      if (!(await isThere(path))) {
        const running = downloads.get(hash) ?? download(hash, signal).finally(() => downloads.delete(hash));
        downloads.set(hash, running);
        await running;
      }
      const now = new Date();
      await utimes(path, now, now);
      return path;
    },
  };
}

/** Written aside and renamed into place. One that another call put there meanwhile is the same: its name says so. */
async function writeBundle(folder: string, hash: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.${randomUUID()}`);
  try {
    for (const [path, text] of Object.entries(parseFiles(hash, bytes))) {
      await mkdir(dirname(join(draft, path)), { recursive: true, mode: 0o700 });
      await writeFile(join(draft, path), text, { mode: 0o600 });
    }
    await rename(draft, join(folder, hash));
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isThere(join(folder, hash)))) throw thrown;
  }
}

function parseFiles(hash: string, bytes: Uint8Array): Readonly<Record<string, string>> {
  const parsed = Files.safeParse(parseJson(bytes));
  if (!parsed.success) throw invalid(hash, 'it is no JSON object of texts');
  const strange = Object.keys(parsed.data).find((path) => !isInside(path));
  if (strange !== undefined) throw invalid(hash, `it names the file ${JSON.stringify(strange)}`);
  return parsed.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Said by the caller: no JSON is no object.
    return undefined;
  }
}

function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.includes('\0') && !normalize(path).startsWith('..');
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function sweep(folder: string): Promise<void> {
  const oldest = Date.now() - UNUSED_DAYS * 24 * 3600 * 1000;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.startsWith('.') || (await stat(path)).mtimeMs < oldest) await rm(path, { recursive: true, force: true });
  }
}

function invalid(hash: string, why: string): TowpathError {
  return new TowpathError({
    code: 'BUNDLE_INVALID',
    message: `Bundle ${JSON.stringify(hash)} can't be used.`,
    cause: `What the server named or sent is no bundle: ${why}.`,
    fix: 'Save the pipelines again, so that they are bundled and registered anew.',
  });
}
