// A built image into a registry: blobs first, then the manifest, so that a name is only given to what is complete.
import { Readable } from 'node:stream';
import type { ImagePlace } from '../registry/copy-image.ts';
import type { Image } from './image.ts';

/** By digest, and under each of these tags. May be repeated. @throws TowpathError `REGISTRY_…`, `DIGEST_WRONG` */
export async function pushImage(
  image: Image,
  { registry, repository }: ImagePlace,
  tags: readonly string[],
): Promise<void> {
  const config = {
    descriptor: image.config.descriptor,
    open: async () => Readable.from([Buffer.from(image.config.bytes)], { objectMode: false }),
  };
  for (const { descriptor, open } of [...image.layers, config]) {
    if (await registry.hasBlob(repository, descriptor.digest)) continue;
    await registry.putBlob(repository, descriptor.digest, { size: descriptor.size, open });
  }
  await registry.putManifest(repository, image.manifest);
  for (const tag of tags) await registry.putManifest(repository, image.manifest, tag);
}
