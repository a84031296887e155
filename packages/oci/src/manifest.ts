// Manifests of images and indexes of several (OCI image specification 1.1; Docker's schema 2 has the same members).
import { TowpathError } from '@towpath/core';
import { z } from 'zod';

export const MEDIA_TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

/** What a registry is asked for; schema 1 is left out, its digests cover no content. */
export const ACCEPTED = [
  MEDIA_TYPES.index,
  MEDIA_TYPES.manifest,
  MEDIA_TYPES.dockerList,
  MEDIA_TYPES.dockerManifest,
].join(', ');

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const Descriptor = z.object({
  mediaType: z.string(),
  digest: Digest,
  size: z.int().min(0),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
  /** Where content lies that its licence keeps out of registries. */
  urls: z.array(z.string()).optional(),
});

/** Names content: type, digest, size in bytes. */
export type Descriptor = z.infer<typeof Descriptor>;

const ImageManifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const ImageIndex = z.object({ manifests: z.array(Descriptor) });

/** As a registry gave it out. `digest` is that of `bytes`. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export type Manifest =
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

/** @throws TowpathError `IMAGE_MANIFEST_INVALID` */
export function parseManifest({ bytes, digest, mediaType }: StoredManifest): Manifest {
  const isIndex = mediaType === MEDIA_TYPES.index || mediaType === MEDIA_TYPES.dockerList;
  const value = parseJson(bytes);
  const index = isIndex ? ImageIndex.safeParse(value).data : undefined;
  if (index !== undefined) return { kind: 'index', ...index };
  const image = isIndex ? undefined : ImageManifest.safeParse(value).data;
  if (image !== undefined) return { kind: 'image', ...image };
  throw new TowpathError({
    code: 'IMAGE_MANIFEST_INVALID',
    message: `${digest} is no manifest of an image.`,
    cause: `Its type is ${mediaType}.`,
    fix: 'Publish the image again with a tool that writes OCI or Docker schema 2 manifests.',
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
