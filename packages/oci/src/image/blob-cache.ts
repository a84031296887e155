// Layers of base images on this machine, by digest: a second build asks the registry for nothing but names.
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDigestCheck } from '../digest.ts';
import type { Descriptor } from '../manifest.ts';

export interface BlobCache {
  /** The content, from here or fetched; fails at its end with `DIGEST_WRONG` when it is another. */
  open(descriptor: Descriptor, fetch: () => Promise<Readable>): Promise<Readable>;
  /** A text that follows from the content: from here, or made and kept. */
  recall(descriptor: Descriptor, make: () => Promise<string>): Promise<string>;
}

/** Keeps them in this folder, which may be deleted at any time. */
export function createBlobCache(folder: string): BlobCache {
  const pathOf = ({ digest }: Descriptor): string => join(folder, digest.replace(':', '-'));
  return {
    recall: async (descriptor, make) => {
      const path = `${pathOf(descriptor)}.files`;
      if (!existsSync(path)) await keep(path, Readable.from([await make()]));
      return await readFile(path, 'utf8');
    },
    open: async (descriptor, fetch) => {
      const path = pathOf(descriptor);
      if (!existsSync(path)) await keep(path, await fetch());
      const content = createReadStream(path);
      const check = createDigestCheck(descriptor, path);
      content.once('error', (thrown) => check.destroy(thrown));
      check.once('close', () => content.destroy());
      // A damaged copy must not fail the next build, too.
      check.once('error', () => rmSync(path, { force: true }));
      return content.pipe(check);
    },
  };
}

/** Complete or not there: two builds may fetch the same at the same time. */
async function keep(path: string, content: Readable): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  await mkdir(join(path, '..'), { recursive: true });
  try {
    await pipeline(content, createWriteStream(part));
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
