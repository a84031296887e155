// What a registry says of an image: its digest, and what its labels tell.

import { buffer } from 'node:stream/consumers';
import { type ImageConfig, type ImagePlace, parseImageConfig, parseManifest, type StoredManifest } from '@towpath/oci';
import { IMAGE_LABELS, readNeeds } from '../image/image-labels.ts';

export interface PublishedImage {
  readonly digest: string;
  readonly version: string | undefined;
  readonly revision: string | undefined;
  readonly minimumPlatform: string | undefined;
  /** What one attempt needs. */
  readonly memoryMiB: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Compressed, all layers. */
  readonly sizeBytes: number;
}

/** By tag or digest; undefined when it is not there. Of an index, its first image tells. @throws TowpathError `REGISTRY_…`, `IMAGE_…` */
export async function readPublished(place: ImagePlace, reference: string): Promise<PublishedImage | undefined> {
  const stored = await place.registry.findManifest(place.repository, reference);
  if (stored === undefined) return undefined;
  const { config, sizeBytes } = await readConfig(place, stored);
  const labels = config.config?.Labels ?? {};
  const { minimumPlatform, memoryMiB } = readNeeds(labels);
  return {
    digest: stored.digest,
    version: labels[IMAGE_LABELS.version],
    revision: labels[IMAGE_LABELS.revision],
    ...{ minimumPlatform, memoryMiB },
    labels,
    sizeBytes,
  };
}

async function readConfig(
  place: ImagePlace,
  stored: StoredManifest,
): Promise<{ config: ImageConfig; sizeBytes: number }> {
  const manifest = parseManifest(stored);
  if (manifest.kind === 'index') {
    const first = await place.registry.findManifest(place.repository, manifest.manifests[0]?.digest ?? '');
    return first === undefined
      ? { config: parseImageConfig(stored.bytes, stored.digest), sizeBytes: 0 }
      : await readConfig(place, first);
  }
  const bytes = await buffer(await place.registry.openBlob(place.repository, manifest.config));
  const sizeBytes = manifest.layers.reduce((sum, { size }) => sum + size, 0);
  return { config: parseImageConfig(bytes, stored.digest), sizeBytes };
}
