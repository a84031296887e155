// Before a release is reported as loaded: the datakits that it names are installed here, and the registry of the environment has
// their images. What is missing is found now, and not by the first run at night.
import { type ReleasedDatakit, TowpathError, toErrorFacts } from '@towpath/core';
import { type InstalledDatakit, openDatakitPlace } from '@towpath/datakit';
import { readDockerCredentials } from '@towpath/oci';
import type { ExecutorSetup } from '../executors/executor-setup.ts';

/** Where to look, and who hears what could not be looked at. */
export interface ImageSearch {
  /** Undefined: processes, which need no image. */
  readonly executor: ExecutorSetup | undefined;
  /** On this host. */
  readonly datakits: readonly InstalledDatakit[];
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** A registry that accepts and says nothing must not keep a release from being reported. */
const TIMEOUT_MS = 30_000;

/**
 * Says which datakits are not installed here: another agent may have them. Then asks the registry for each digest. An agent need not be able to ask: in a cluster the node alone may have the login. That is
 * said, and no reason against the release.
 *
 * @throws TowpathError `RELEASE_IMAGE_MISSING` when the registry answers that it has it not; `RELEASE_IMAGE_UNKNOWN` in production for
 * what has no digest
 */
export async function requireImages(datakits: readonly ReleasedDatakit[], search: ImageSearch): Promise<void> {
  const { executor, log } = search;
  for (const missing of listMissing(datakits, search)) log(missing);
  if (executor === undefined || executor.name === 'process') return;
  for (const { name, version, digest } of datakits) {
    if (digest === undefined) {
      if (executor.images.kind === 'production') throw unnamed(name, version);
      log(`the release names no image of ${name} ${version} by digest: what its version stands for is run`);
      continue;
    }
    const isThere = await hasImage(name, digest, executor, search).catch((thrown: unknown) => {
      search.signal.throwIfAborted();
      const { code, message } = toErrorFacts(thrown);
      log(`whether ${name}@${digest} is in the registry could not be found out: ${code}: ${message}`);
      return undefined;
    });
    if (isThere === false) throw missing(executor.images, name, digest);
  }
}

function listMissing(datakits: readonly ReleasedDatakit[], { datakits: installed }: ImageSearch): readonly string[] {
  return datakits
    .filter(({ name, version }) => !installed.some((one) => one.name === name && one.version === version))
    .map(
      ({ name, version }) =>
        `${name} ${version} of the release is not installed here: its tasks don't start on this agent`,
    );
}

async function hasImage(
  name: string,
  digest: string,
  { images, docker }: ExecutorSetup,
  { signal }: ImageSearch,
): Promise<boolean> {
  const { environment, ...rest } = images;
  const access = {
    findCredentials: readDockerCredentials(docker.configFolder),
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  };
  const place = openDatakitPlace({ name: environment, ...rest }, name, access);
  const manifest = await place.registry.findManifest(place.repository, digest);
  return manifest !== undefined;
}

function unnamed(name: string, version: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_IMAGE_UNKNOWN',
    message: `The release names no image of ${name} ${version} by digest, and production runs no other.`,
    cause: 'Record it with its images: npx towpath release create <version> --images-from <environment>',
  });
}

function missing({ registry, environment }: ExecutorSetup['images'], name: string, digest: string): TowpathError {
  return new TowpathError({
    code: 'RELEASE_IMAGE_MISSING',
    message: `There is no image ${registry}/datakits/${name}@${digest}.`,
    cause: `Copy it there: npx towpath datakit promote ${name}@${digest} --to ${environment}`,
  });
}
