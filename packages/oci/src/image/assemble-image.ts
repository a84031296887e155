// Base and layers become an image whose digest follows from them and from what it is told: no time, no host, no user.
import { formatCanonicalJson } from '@towpath/core';
import { digestOf } from '../digest.ts';
import { MEDIA_TYPES } from '../manifest.ts';
import type { Image, ImageLayer } from './image.ts';
import { type ImageConfig, listPathFolders } from './image-config.ts';

export interface ImageParts {
  /** Of what `layers` begin with. */
  readonly base: ImageConfig;
  /** All of them, the base's first. */
  readonly layers: readonly ImageLayer[];
  readonly labels: Readonly<Record<string, string>>;
  /** Put before the base's PATH. */
  readonly pathFolder?: string | undefined;
  /** What is run when nothing else is said. */
  readonly command?: readonly string[] | undefined;
  /** What is run whatever is said, with the command as its words. */
  readonly entrypoint?: readonly string[] | undefined;
  /** `uid:gid` */
  readonly user?: string | undefined;
  /** What made the layers above the base's, for the image's history. */
  readonly createdBy: string;
}

/** An OCI image. Layers of Docker's media types keep their bytes and get OCI's names for them. */
export function assembleImage(parts: ImageParts): Image {
  const bytes = Buffer.from(formatCanonicalJson(toConfig(parts)));
  const config = { mediaType: MEDIA_TYPES.config, digest: digestOf(bytes), size: bytes.length };
  const layers = parts.layers.map((layer) => ({ ...layer, descriptor: toOciLayer(layer.descriptor) }));
  const manifest = Buffer.from(
    formatCanonicalJson({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config,
      layers: layers.map(({ descriptor }) => descriptor),
    }),
  );
  return {
    manifest: { mediaType: MEDIA_TYPES.manifest, digest: digestOf(manifest), bytes: manifest },
    config: { descriptor: config, bytes },
    layers,
  };
}

/** The beginning of Unix time: engines want one, and sort by it. */
const CREATED = '1970-01-01T00:00:00Z';

function toConfig(parts: ImageParts): object {
  const { base, layers, labels, pathFolder, command, entrypoint, user, createdBy } = parts;
  const own = base.config ?? {};
  const path = [...(pathFolder === undefined ? [] : [pathFolder]), ...listPathFolders(base)].join(':');
  const others = (own.Env ?? []).filter((line) => !line.startsWith('PATH='));
  return {
    architecture: base.architecture,
    os: base.os,
    variant: base.variant,
    created: CREATED,
    config: {
      ...own,
      Env: [`PATH=${path}`, ...others],
      Cmd: command ?? own.Cmd ?? undefined,
      Entrypoint: entrypoint ?? own.Entrypoint ?? undefined,
      User: user ?? own.User,
      Labels: { ...own.Labels, ...labels },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: [
      ...(base.history ?? []).map((entry) => ({ ...entry, created: CREATED })),
      ...layers.slice(base.rootfs.diff_ids.length).map(() => ({ created: CREATED, created_by: createdBy })),
    ],
  };
}

function toOciLayer(descriptor: ImageLayer['descriptor']): ImageLayer['descriptor'] {
  const { digest, size } = descriptor;
  const isDocker = descriptor.mediaType === 'application/vnd.docker.image.rootfs.diff.tar.gzip';
  return { mediaType: isDocker ? MEDIA_TYPES.layer : descriptor.mediaType, digest, size };
}
