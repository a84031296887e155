import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../digest.ts';
import { createBlobCache } from './blob-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blobs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const BYTES = Buffer.from('content');
const DESCRIPTOR = { mediaType: 'text/plain', digest: digestOf(BYTES), size: BYTES.length };

/** Counts how often it is asked. */
function createSource(bytes: Buffer) {
  const source = {
    count: 0,
    fetch: async () => {
      source.count += 1;
      return Readable.from([bytes], { objectMode: false });
    },
  };
  return source;
}

test('A13 a layer is fetched once', async () => {
  const cache = createBlobCache(join(folder, 'new'));
  const source = createSource(BYTES);
  expect(await text(await cache.open(DESCRIPTOR, source.fetch))).toBe('content');
  expect(await text(await cache.open(DESCRIPTOR, source.fetch))).toBe('content');
  expect(source.count).toBe(1);
});

test('A17 a kept layer that was damaged is refused, and fetched again the next time', async () => {
  const cache = createBlobCache(folder);
  const source = createSource(BYTES);
  await text(await cache.open(DESCRIPTOR, source.fetch));
  writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'CONTENT');
  await expect(text(await cache.open(DESCRIPTOR, source.fetch))).rejects.toMatchObject({ code: 'DIGEST_WRONG' });
  expect(await text(await cache.open(DESCRIPTOR, source.fetch))).toBe('content');
  expect(source.count).toBe(2);
});

test('A17 content that is another than its digest says is not kept', async () => {
  const cache = createBlobCache(folder);
  const opened = text(await cache.open(DESCRIPTOR, createSource(Buffer.from('other')).fetch));
  await expect(opened).rejects.toMatchObject({ code: 'DIGEST_WRONG' });
  expect(readdirSync(folder)).toEqual([]);
});

test('A13 a fetch that breaks leaves nothing', async () => {
  const broken = async () =>
    new Readable({
      read() {
        this.destroy(new Error('broken'));
      },
    });
  await expect(createBlobCache(folder).open(DESCRIPTOR, broken)).rejects.toThrow('broken');
  expect(readdirSync(folder)).toEqual([]);
});
