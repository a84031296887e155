// A layer that an engine built, written again without its times.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { MEDIA_TYPES } from '../manifest.ts';
import type { BlobCache } from './blob-cache.ts';
import type { ImageLayer } from './image.ts';
import { normaliseArchive } from './normalise-archive.ts';

/** From a file of `docker save`, compressed or not, into the cache. The digest also depends on zlib: see docs/reference/datakits.md. */
export async function rewriteLayer(file: string, cache: BlobCache): Promise<ImageLayer> {
  const part = `${file}.${randomUUID()}.gz`;
  const [plain, compressed] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  try {
    const content = createReadStream(file);
    const expanded = (await isGzip(file)) ? content.pipe(createGunzip()) : content;
    content.once('error', (thrown) => expanded.destroy(thrown));
    await pipeline(
      expanded,
      normaliseArchive,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          plain.update(chunk);
          yield chunk;
        }
      },
      createGzip(),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          const bytes = size === 0 ? withoutSystem(chunk) : chunk;
          compressed.update(bytes);
          size += bytes.length;
          yield bytes;
        }
      },
      createWriteStream(part),
    );
    const descriptor = { mediaType: MEDIA_TYPES.layer, digest: `sha256:${compressed.digest('hex')}`, size };
    const fetch = async () => createReadStream(part);
    (await cache.open(descriptor, fetch)).destroy();
    const gone = async () => Promise.reject(new Error(`${descriptor.digest} was deleted from the cache meanwhile`));
    return {
      descriptor,
      diffId: `sha256:${plain.digest('hex')}`,
      open: async () => await cache.open(descriptor, gone),
    };
  } finally {
    await rm(part, { force: true });
  }
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE(0) === 0x1f8b;
  } finally {
    await handle.close();
  }
}

/** Byte 9 of a gzip header names the system it was written on. */
function withoutSystem(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy[9] = 0xff;
  return copy;
}
