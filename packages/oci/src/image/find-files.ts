// Whether layers hold certain files: a command whose interpreter is missing is better found at building than in a container.
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';
import type { ImageLayer } from './image.ts';

/** Those of `paths` (absolute) that a layer names as file or link. What a higher layer deletes is counted as there. */
export async function findFiles(layers: readonly ImageLayer[], paths: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = new Set(paths);
  const found = new Set<string>();
  for (const layer of layers) {
    for await (const entry of Readable.toWeb(await openArchive(layer)).pipeThrough(createTarDecoder())) {
      const path = `/${entry.header.name.replace(/^\.?\//, '')}`;
      if (wanted.has(path) && entry.header.type !== 'directory') found.add(path);
      await entry.body.cancel();
    }
  }
  return found;
}

async function openArchive({ descriptor, open }: ImageLayer): Promise<Readable> {
  const content = await open();
  const expand = /gzip$/.test(descriptor.mediaType)
    ? createGunzip()
    : /zstd$/.test(descriptor.mediaType)
      ? createZstdDecompress()
      : undefined;
  if (expand === undefined) return content;
  content.once('error', (thrown) => expand.destroy(thrown));
  return content.pipe(expand);
}
