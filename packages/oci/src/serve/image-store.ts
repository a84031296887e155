// Blobs, manifests and tags in a folder. Content lies under its digest, once, whoever names it; a file is there whole or not at all.
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDigestCheck } from '../digest.ts';
import { RegistryRefusal } from './registry-refusal.ts';

export interface ImageStore {
  /** Bytes of a blob; undefined when there is none. */
  findSize(digest: string): Promise<number | undefined>;
  openBlob(digest: string, from: number): Readable;
  /** Begins an upload and returns its id. */
  beginUpload(): Promise<string>;
  /**
   * Appends, and returns the new length; undefined when there is no such upload. A body that breaks off leaves what had arrived.
   * `from` is where the client means to be.
   *
   * @throws RegistryRefusal `BLOB_UPLOAD_INVALID` while another request writes or finishes it, and with status 416 where it goes on
   * elsewhere
   */
  append(upload: string, body: Readable, from?: number): Promise<number | undefined>;
  /** Deletes uploads that nobody has written to for so long. */
  dropUploads(idleMs: number): Promise<void>;
  /** The upload becomes the blob. @throws TowpathError `DIGEST_WRONG`, and the upload is gone; RegistryRefusal as `append` */
  finishUpload(upload: string, digest: string): Promise<void>;
  findManifest(repository: string, digest: string): Promise<StoredBody | undefined>;
  putManifest(repository: string, digest: string, body: StoredBody): Promise<void>;
  findTag(repository: string, tag: string): Promise<string | undefined>;
  putTag(repository: string, tag: string, digest: string): Promise<void>;
  /** Sorted; undefined when there is no such repository. */
  listTags(repository: string): Promise<readonly string[] | undefined>;
}

export interface StoredBody {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** HTTP's "range not satisfiable". */
const RANGE_WRONG = 416;

/** Names are checked by who calls: repositories, tags and digests reach no other folder. */
export function createImageStore(folder: string): ImageStore {
  const blobPath = (digest: string): string => join(folder, 'blobs', digest.replace(':', '-'));
  const uploadPath = (id: string): string => join(folder, 'uploads', id);
  const manifestPath = (repository: string, digest: string): string =>
    join(folder, 'repositories', repository, '_manifests', digest.replace(':', '-'));
  const tagFolder = (repository: string): string => join(folder, 'repositories', repository, '_tags');
  // Who still writes while the content is checked would change it afterwards.
  const busy = new Set<string>();
  const exclusively = async <T>(upload: string, act: () => Promise<T>): Promise<T> => {
    if (busy.has(upload)) throw new RegistryRefusal('BLOB_UPLOAD_INVALID', 'Another request writes this upload.');
    busy.add(upload);
    try {
      return await act();
    } finally {
      busy.delete(upload);
    }
  };
  return {
    findSize: async (digest) => await findSize(blobPath(digest)),
    openBlob: (digest, from) => createReadStream(blobPath(digest), { start: from }),
    beginUpload: async () => {
      const id = randomUUID();
      await writeWhole(uploadPath(id), '');
      return id;
    },
    append: (upload, body, from) =>
      exclusively(upload, async () => {
        const path = uploadPath(upload);
        const size = await findSize(path);
        if (size === undefined) return undefined;
        if (from !== undefined && from !== size)
          throw new RegistryRefusal('BLOB_UPLOAD_INVALID', `The upload goes on at ${size}.`, RANGE_WRONG);
        await pipeline(body, createWriteStream(path, { flags: 'a' }));
        return await findSize(path);
      }),
    finishUpload: (upload, digest) =>
      exclusively(upload, () => finishUpload(uploadPath(upload), blobPath(digest), digest)),
    dropUploads: async (idleMs) => {
      const uploads = await readdir(join(folder, 'uploads')).catch(whenMissing);
      for (const upload of uploads ?? []) {
        const found = await stat(uploadPath(upload)).catch(whenMissing);
        if (found !== undefined && Date.now() - found.mtimeMs > idleMs && !busy.has(upload))
          await rm(uploadPath(upload), { force: true });
      }
    },
    findManifest: async (repository, digest) => await findBody(manifestPath(repository, digest)),
    putManifest: async (repository, digest, { mediaType, bytes }) => {
      const path = manifestPath(repository, digest);
      await writeWhole(path, bytes);
      await writeWhole(`${path}.type`, mediaType);
    },
    findTag: async (repository, tag) => await readText(join(tagFolder(repository), tag)),
    putTag: async (repository, tag, digest) => await writeWhole(join(tagFolder(repository), tag), digest),
    listTags: async (repository) => {
      const names = await readdir(tagFolder(repository)).catch(whenMissing);
      return names?.filter((name) => !name.startsWith('.')).sort();
    },
  };
}

async function finishUpload(upload: string, blob: string, digest: string): Promise<void> {
  try {
    const check = createDigestCheck({ digest }, 'The blob that was sent');
    await pipeline(createReadStream(upload), check.resume());
    await mkdir(dirname(blob), { recursive: true });
    await rename(upload, blob);
  } finally {
    await rm(upload, { force: true });
  }
}

async function findBody(path: string): Promise<StoredBody | undefined> {
  // Written last, so where it is the manifest is, too.
  const mediaType = await readText(`${path}.type`);
  return mediaType === undefined ? undefined : { mediaType, bytes: await readFile(path) };
}

async function findSize(path: string): Promise<number | undefined> {
  return (await stat(path).catch(whenMissing))?.size;
}

async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(whenMissing);
}

async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, content);
  await rename(draft, path);
}

function whenMissing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return undefined;
  throw thrown;
}
