// The image that a datakit's files are laid upon, from a registry, for one platform.
import { TowpathError } from '@towpath/core';
import { checkDigest } from '../digest.ts';
import { type Descriptor, parseManifest, type StoredManifest } from '../manifest.ts';
import { type ImagePlace, imageMissing } from '../registry/copy-image.ts';
import { readBytes } from '../registry/read-bytes.ts';
import type { BlobCache } from './blob-cache.ts';
import { listLayerFiles } from './find-files.ts';
import type { ImageLayer } from './image.ts';
import { type ImageConfig, parseImageConfig } from './image-config.ts';

/** `linux/amd64` */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

export interface BaseImage {
  /** Of the platform's manifest. */
  readonly digest: string;
  readonly config: ImageConfig;
  readonly layers: readonly ImageLayer[];
}

export interface BaseRequest {
  readonly place: ImagePlace;
  /** Tag or digest. */
  readonly reference: string;
  readonly platform: Platform;
  readonly cache: BlobCache;
}

/** A configuration of more describes no image. */
const CONFIG_BYTES = 4 * 1024 * 1024;

/** Loads manifest and configuration; layers when somebody reads them. @throws TowpathError `IMAGE_MISSING`, `PLATFORM_MISSING`, `REGISTRY_…` */
export async function loadBaseImage(request: BaseRequest): Promise<BaseImage> {
  const { place, cache } = request;
  const stored = await findForPlatform(request);
  const manifest = parseManifest(stored);
  if (manifest.kind === 'index') throw platformMissing(request, []);
  const name = `${place.registry.location.authority}/${place.repository}@${stored.digest}`;
  const open = async () => await place.registry.openBlob(place.repository, manifest.config);
  const bytes = await readBytes(await open(), CONFIG_BYTES);
  checkDigest(bytes, manifest.config.digest, `The configuration of ${name}`);
  const config = parseImageConfig(bytes, name);
  const layers = manifest.layers.map((descriptor, at) =>
    toLayer(descriptor, config.rootfs.diff_ids[at] ?? '', place, cache),
  );
  return { digest: stored.digest, config, layers };
}

function toLayer(
  descriptor: Descriptor,
  diffId: string,
  { registry, repository }: ImagePlace,
  cache: BlobCache,
): ImageLayer {
  const fetch = async () => await registry.openBlob(repository, descriptor);
  const layer = { descriptor, diffId, open: async () => await cache.open(descriptor, fetch) };
  const list = async () => (await listLayerFiles(layer)).join('\n');
  return { ...layer, listFiles: async () => (await cache.recall(descriptor, list)).split('\n') };
}

async function findForPlatform(request: BaseRequest): Promise<StoredManifest> {
  const { place, reference, platform } = request;
  const first = await place.registry.findManifest(place.repository, reference);
  if (first === undefined) throw imageMissing(place, reference);
  const manifest = parseManifest(first);
  if (manifest.kind === 'image') return first;
  const child = manifest.manifests.find(
    ({ platform: own }) => own?.os === platform.os && own.architecture === platform.architecture,
  );
  if (child === undefined) throw platformMissing(request, manifest.manifests);
  const stored = await place.registry.findManifest(place.repository, child.digest);
  if (stored === undefined) throw imageMissing(place, child.digest);
  return stored;
}

function platformMissing({ place, reference, platform }: BaseRequest, found: readonly Descriptor[]): TowpathError {
  const names = found.flatMap(({ platform: own }) => (own === undefined ? [] : [`${own.os}/${own.architecture}`]));
  return new TowpathError({
    code: 'PLATFORM_MISSING',
    message: `${place.repository} ${reference} is not there for ${platform.os}/${platform.architecture}.`,
    cause: `It has ${names.join(', ') || 'no image of its own'}.`,
    fix: 'Choose another base image, or another platform with --platform.',
  });
}
