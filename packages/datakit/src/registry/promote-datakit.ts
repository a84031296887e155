// Promotion of an image: the digest that was tested, copied from registry to registry. There is no other way into production, and
// nothing here builds.
import { findVersionConflict, isExactVersion, judgeImageVersion, TowpathError } from '@towpath/core';
import { copyImage, type ImagePlace, imageMissing } from '@towpath/oci';
import { formatPlace, type ImageEnvironment, openDatakitPlace, type RegistryAccess } from './datakit-place.ts';
import { versionTaken } from './publish-datakit.ts';
import { type PublishedImage, readPublished } from './read-published.ts';

export interface PromoteRequest extends RegistryAccess {
  readonly name: string;
  /** A version, or `sha256:…`. */
  readonly reference: string;
  /** Where it may be, the nearest before `to` first. */
  readonly from: readonly ImageEnvironment[];
  readonly to: ImageEnvironment;
}

export interface PromoteReport {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly from: string;
  readonly to: string;
  /** `registry/datakits/name:version` */
  readonly image: string;
  readonly copiedBlobs: number;
  readonly presentBlobs: number;
}

/** @throws TowpathError `IMAGE_TAG_FLOATING`, `IMAGE_MISSING`, `DATAKIT_VERSION_CONFLICT`, `DATAKIT_VERSION_TAKEN`, `DIGEST_WRONG`, `REGISTRY_…` */
export async function promoteDatakit(request: PromoteRequest): Promise<PromoteReport> {
  const { name, reference, to } = request;
  const refusal = judgeImageVersion(reference, to);
  if (refusal !== undefined) throw new TowpathError(refusal);
  const target = openDatakitPlace(to, name, request);
  const source = await findSource(request);
  const version = toVersion(request, source.image);
  const there = await target.registry.findManifest(target.repository, version);
  const { digest } = source.image;
  if (there !== undefined && there.digest !== digest) throw versionTaken(target, version, [there.digest, digest]);
  const { copiedBlobs, presentBlobs } = await copyImage({ from: source.place, to: target, digest, tag: version });
  const image = `${formatPlace(target)}:${version}`;
  return { name, version, digest, from: source.environment, to: to.name, image, copiedBlobs, presentBlobs };
}

interface Source {
  readonly environment: string;
  readonly place: ImagePlace;
  readonly image: PublishedImage;
}

async function findSource(request: PromoteRequest): Promise<Source> {
  const places: ImagePlace[] = [];
  for (const environment of request.from) {
    if (environment.registry === undefined) continue;
    const place = openDatakitPlace(environment, request.name, request);
    const image = await readPublished(place, request.reference);
    if (image !== undefined) return { environment: environment.name, place, image };
    places.push(place);
  }
  const [nearest] = places;
  if (nearest === undefined) throw nowhereBefore(request);
  throw imageMissing(nearest, request.reference);
}

/** The label says it; a version that was asked for must be the same. */
function toVersion({ name, reference }: PromoteRequest, { version, digest }: PublishedImage): string {
  const asked = isExactVersion(reference) ? reference : version;
  if (asked === undefined) throw unlabelled(name, digest);
  const conflict = findVersionConflict({ name, manifest: asked, gitTags: [], label: version });
  if (conflict === undefined) return asked;
  throw new TowpathError({
    ...conflict,
    cause: `It is published as ${asked}, and its label says ${version}.`,
    fix: 'Publish it again under the version that its manifest says.',
  });
}

function nowhereBefore({ to }: PromoteRequest): TowpathError {
  return new TowpathError({
    code: 'REGISTRY_UNDECLARED',
    message: `No environment before ${to.name} has a registry.`,
    cause: 'An image is promoted from the registry of an earlier environment.',
    fix: 'Declare `registry` for the environments in towpath.yaml, or name one with --from.',
  });
}

function unlabelled(name: string, digest: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_VERSION_CONFLICT',
    message: `It is not clear which version of ${name} ${digest} is.`,
    cause: 'The image has no label org.opencontainers.image.version.',
    fix: 'Publish it with `npx towpath datakit publish`, which labels it.',
  });
}
