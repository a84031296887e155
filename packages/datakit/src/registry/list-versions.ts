import { compareVersions, isExactVersion } from '@towpath/core';
import type { ImagePlace } from '@towpath/oci';

/** Tags that name one version, the newest first; empty when there is no such repository. @throws TowpathError `REGISTRY_…` */
export async function listVersions({ registry, repository }: ImagePlace): Promise<readonly string[]> {
  const tags = await registry.listTags(repository);
  return tags.filter(isExactVersion).sort(compareVersions).reverse();
}
