import { MAX_REPORTED_VERSIONS, type ReportedDatakit } from '@towpath/api';
import { compareVersions, parseMemoryMiB } from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';

/** What this host's folders hold of a datakit: versions of their manifests, without digests. */
export function readFolder(
  name: string,
  named: readonly string[],
  datakits: readonly InstalledDatakit[],
): ReportedDatakit {
  const versions = datakits
    .filter((datakit) => datakit.name === name)
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ version, minimumPlatform, resources }) => ({
      version,
      digest: null,
      label: null,
      minimumPlatform: minimumPlatform ?? null,
      memoryMiB: resources?.memory === undefined ? null : (parseMemoryMiB(resources.memory) ?? null),
      revision: null,
    }));
  return {
    name,
    named: [...named],
    versions: versions.slice(0, MAX_REPORTED_VERSIONS),
    isCut: versions.length > MAX_REPORTED_VERSIONS,
    error: null,
  };
}
