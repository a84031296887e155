// An image as `docker save` writes it, which every engine can load: configuration, layers, and a list of names.
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTarPacker, type TarHeader } from 'modern-tar';
import type { Image } from './image.ts';

/** The archive as a stream; layers are read as it goes. */
export function openImageArchive(image: Image, names: readonly string[]): Readable {
  const { readable, controller } = createTarPacker();
  const add = async (name: string, size: number, content: Readable): Promise<void> => {
    const header: TarHeader = { name, size, type: 'file', mode: 0o644, mtime: new Date(0) };
    await pipeline(content, Writable.fromWeb(controller.add(header)));
  };
  const write = async (): Promise<void> => {
    const config = `${hexOf(image.config.descriptor.digest)}.json`;
    const layers = image.layers.map(({ descriptor }) => `${hexOf(descriptor.digest)}.tar.gz`);
    const list = Buffer.from(JSON.stringify([{ Config: config, RepoTags: names, Layers: layers }]));
    await add('manifest.json', list.length, toStream(list));
    await add(config, image.config.bytes.length, toStream(image.config.bytes));
    for (const [at, layer] of image.layers.entries())
      await add(layers[at] ?? '', layer.descriptor.size, await layer.open());
    controller.finalize();
  };
  write().catch((thrown: unknown) => controller.error(thrown));
  return Readable.fromWeb(readable);
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

function toStream(bytes: Uint8Array): Readable {
  return Readable.from([Buffer.from(bytes)], { objectMode: false });
}
