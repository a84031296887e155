// Whether layers hold certain files: a command whose interpreter is missing is better found at building than in a container.
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';
import type { ImageLayer } from './image.ts';

/** Those of `paths` (absolute) that a layer names as file or link. What a higher layer deletes is counted as there. */
export async function findFiles(layers: readonly ImageLayer[], paths: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const layer of layers) {
    const files = new Set(await (layer.listFiles?.() ?? listLayerFiles(layer)));
    for (const path of paths) if (files.has(path)) found.add(path);
  }
  return found;
}

/** Absolute paths of a layer's files and links. Reads all of it: a second for 50 MB. */
export async function listLayerFiles(layer: ImageLayer): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { header, body } of Readable.toWeb(await openArchive(layer)).pipeThrough(createTarDecoder())) {
    if (header.type !== 'directory') paths.push(`/${header.name.replace(/^\.?\//, '')}`);
    await body.cancel();
  }
  return paths;
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
