// What an image says of itself: OCI's own names where there are some, ours besides.
import { type DatakitNeeds, parseMemoryMiB } from '@towpath/core';
import type { Manifest } from '../manifest/manifest-schema.ts';
import { DEFAULT_IMAGE } from '../manifest/manifest-schema.ts';
import type { GitFacts } from './read-git-facts.ts';

export const IMAGE_LABELS = {
  datakit: 'dev.towpath.datakit',
  entry: 'dev.towpath.entry',
  minimumPlatform: 'dev.towpath.minimum-platform',
  cpu: 'dev.towpath.cpu',
  memory: 'dev.towpath.memory',
  version: 'org.opencontainers.image.version',
  revision: 'org.opencontainers.image.revision',
  description: 'org.opencontainers.image.description',
} as const;

/** Files that no commit holds show as such. */
export function toLabels(manifest: Manifest, { revision, isModified }: GitFacts): Readonly<Record<string, string>> {
  const { name, version, description, minimumPlatform, resources = {}, image = DEFAULT_IMAGE } = manifest;
  return {
    [IMAGE_LABELS.datakit]: name,
    [IMAGE_LABELS.version]: version,
    [IMAGE_LABELS.entry]: image.entry,
    ...(description !== '' && { [IMAGE_LABELS.description]: description }),
    ...(minimumPlatform !== undefined && { [IMAGE_LABELS.minimumPlatform]: minimumPlatform }),
    ...(resources.cpu !== undefined && { [IMAGE_LABELS.cpu]: String(resources.cpu) }),
    ...(resources.memory !== undefined && { [IMAGE_LABELS.memory]: resources.memory }),
    ...(revision !== undefined && { [IMAGE_LABELS.revision]: isModified ? `${revision}-modified` : revision }),
  };
}

/** What labels say that is needed; a size that is none says nothing. */
export function readNeeds(labels: Readonly<Record<string, string>>): DatakitNeeds {
  const memory = labels[IMAGE_LABELS.memory];
  return {
    minimumPlatform: labels[IMAGE_LABELS.minimumPlatform],
    memoryMiB: memory === undefined ? undefined : parseMemoryMiB(memory),
  };
}
