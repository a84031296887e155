import type { PublishedVersion } from '@towpath/core';
import type { PublishedImage } from './read-published.ts';

/** A tag with what its image says; of an image that was not asked for only the tag is known. */
export function toPublishedVersion(version: string, image: PublishedImage | undefined): PublishedVersion {
  return {
    version,
    digest: image?.digest,
    label: image?.version,
    minimumPlatform: image?.minimumPlatform,
    memoryMiB: image?.memoryMiB,
  };
}
