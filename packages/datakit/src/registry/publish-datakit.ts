// A built image into the registry of the environment where versions begin. A version is one content for ever; production is
// reached by promotion alone.
import { findVersionConflict, judgeImageVersion, TowpathError } from '@towpath/core';
import { type ImagePlace, pushImage } from '@towpath/oci';
import type { BuiltDatakit } from '../image/build-datakit.ts';
import { IMAGE_LABELS } from '../image/image-labels.ts';
import { formatPlace, type ImageEnvironment, openDatakitPlace, type RegistryAccess } from './datakit-place.ts';

export interface PublishRequest extends RegistryAccess {
  readonly built: BuiltDatakit;
  readonly environment: ImageEnvironment;
  /** A tag that moves to this version, where the environment takes it. */
  readonly floatingTag?: string | undefined;
}

export interface PublishReport {
  readonly environment: string;
  /** `registry/datakits/name:version` */
  readonly image: string;
  readonly digest: string;
  /** It was there already, the same. */
  readonly isRepeated: boolean;
  readonly floatingTag: string | null;
}

/**
 * Pushes it under its version. The check of what is there and the push are two requests: two publishers at the same moment are
 * not kept apart, OCI registries have no means for that.
 *
 * @throws TowpathError `PUBLISH_TO_PRODUCTION`, `DATAKIT_VERSION_CONFLICT`, `DATAKIT_VERSION_TAKEN`, `DATAKIT_UNCOMMITTED`, `IMAGE_TAG_FLOATING`, `REGISTRY_…`
 */
export async function publishDatakit(request: PublishRequest): Promise<PublishReport> {
  const { built, environment, floatingTag } = request;
  const { name, version } = built.datakit;
  checkPublication(request);
  const place = openDatakitPlace(environment, name, request);
  const existing = await place.registry.findManifest(place.repository, version);
  const { digest } = built.image.manifest;
  if (existing !== undefined && existing.digest !== digest)
    throw versionTaken(place, version, [existing.digest, digest]);
  await pushImage(built.image, place, [version, ...(floatingTag === undefined ? [] : [floatingTag])]);
  return {
    environment: environment.name,
    image: `${formatPlace(place)}:${version}`,
    digest,
    isRepeated: existing !== undefined,
    floatingTag: floatingTag ?? null,
  };
}

function checkPublication({ built, environment, floatingTag }: PublishRequest): void {
  const { datakit, labels, git } = built;
  if (environment.kind === 'production') throw publishToProduction(datakit.name, environment.name);
  const label = labels[IMAGE_LABELS.version];
  const refusals = [
    findVersionConflict({ name: datakit.name, manifest: datakit.version, gitTags: git.tags, label }),
    judgeImageVersion(datakit.version, environment),
    floatingTag === undefined ? undefined : judgeImageVersion(floatingTag, environment),
  ];
  for (const refusal of refusals) if (refusal !== undefined) throw new TowpathError(refusal);
  if (git.isModified && environment.kind !== 'local') throw uncommitted(datakit.name, environment.name);
}

/** The error for a version that is there with another content. */
export function versionTaken(
  place: ImagePlace,
  version: string,
  [there, ours]: readonly [string, string],
): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_VERSION_TAKEN',
    message: `${formatPlace(place)}:${version} is there with another content.`,
    cause: `It is ${there}, and this is ${ours}. A version is one content for ever: who uses it must not get another.`,
    fix: 'Raise the version in datakit.yaml, or take the image that is there.',
  });
}

function publishToProduction(name: string, environment: string): TowpathError {
  return new TowpathError({
    code: 'PUBLISH_TO_PRODUCTION',
    message: `Nothing is published to ${environment} directly.`,
    cause: 'Its kind is production: it takes images that were tested in another environment, byte for byte.',
    fix: `Publish to an earlier environment, then \`npx towpath datakit promote ${name}@sha256:… --to ${environment}\`.`,
  });
}

function uncommitted(name: string, environment: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_UNCOMMITTED',
    message: `${name} has changes that are in no commit.`,
    cause: `An image in ${environment} has to say which commit it is from.`,
    fix: 'Commit them, or publish to an environment of kind local.',
  });
}
