// Towpath's images into the registry of an environment. The same version on the same base is the same bytes, so that each registry
// may be filled by itself; a tag that is there with other bytes stays what it is.
import type { Project } from '@towpath/config';
import { TowpathError } from '@towpath/core';
import { type GitFacts, type ImageEnvironment, openRegistry, readGitFacts } from '@towpath/datakit';
import { type Image, pushImage, type Registry } from '@towpath/oci';
import { buildPlatformImages } from './build-platform-images.ts';
import type { BaseRequest } from './load-base.ts';

export interface PublishPlatformRequest extends Omit<BaseRequest, 'engine'> {
  readonly environment: ImageEnvironment;
  readonly tag: string;
  readonly project: Pick<Project, 'folder'> & { readonly name: string };
  readonly projectTag: string | undefined;
}

export interface PublishedPlatformImage {
  /** `registry/platform/towpath:0.1.0` */
  readonly image: string;
  readonly digest: string;
  /** It was there already, the same. */
  readonly isRepeated: boolean;
}

/** @throws TowpathError `IMAGE_TAG_TAKEN`, `PROJECT_UNCOMMITTED`, `PROJECT_TAG_MISSING`, and what building and registries throw */
export async function publishPlatform(request: PublishPlatformRequest): Promise<readonly PublishedPlatformImage[]> {
  const { environment, tag, project } = request;
  const git = await readGitFacts(project.folder);
  const projectTag = request.projectTag ?? `${toCommit(git, environment)}-${tag}`;
  const registry = openRegistry(environment, request);
  const images = await buildPlatformImages(request);
  const revision = git.revision === undefined ? {} : { 'org.opencontainers.image.revision': git.revision };
  const agent = await images.withProject(project.folder, { 'dev.towpath.project': project.name, ...revision });
  const push = (repository: string, image: Image, name: string) =>
    pushUnlessOther({ registry, isMovable: environment.kind === 'local' }, { repository, image, tag: name });
  return [
    await push('platform/runner', images.runner, tag),
    await push('platform/towpath', images.towpath, tag),
    await push(`projects/${project.name}`, agent, projectTag),
  ];
}

/** As far as it names one. */
function toCommit({ revision, isModified }: GitFacts, environment: ImageEnvironment): string {
  if (revision === undefined) throw projectTagMissing();
  if (isModified && environment.kind !== 'local') throw uncommitted(environment.name);
  return `${revision.slice(0, 12)}${isModified ? '-modified' : ''}`;
}

async function pushUnlessOther(
  { registry, isMovable }: { readonly registry: Registry; readonly isMovable: boolean },
  { repository, image, tag }: { readonly repository: string; readonly image: Image; readonly tag: string },
): Promise<PublishedPlatformImage> {
  const { authority, prefix } = registry.location;
  const name = `${authority}/${prefix}${repository}:${tag}`;
  const existing = await registry.findManifest(repository, tag);
  const { digest } = image.manifest;
  if (existing !== undefined && existing.digest !== digest && !isMovable) throw tagTaken(name, existing.digest, digest);
  await pushImage(image, { registry, repository }, [tag]);
  return { image: name, digest, isRepeated: existing?.digest === digest };
}

function tagTaken(name: string, there: string, ours: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_TAG_TAKEN',
    message: `${name} is there with another content.`,
    cause: `It is ${there}, and this is ${ours}: another base, perhaps a newer one of the same name.`,
    fix: 'Give it a tag of its own: --tag, --project-tag. What runs must not change under its name.',
  });
}

function projectTagMissing(): TowpathError {
  return new TowpathError({
    code: 'PROJECT_TAG_MISSING',
    message: 'There is no commit by which the image of the project could be called.',
    fix: 'Commit the project to Git, or give --project-tag.',
  });
}

function uncommitted(environment: string): TowpathError {
  return new TowpathError({
    code: 'PROJECT_UNCOMMITTED',
    message: 'The project has changes that are in no commit.',
    cause: `An image in ${environment} has to say which commit it is from.`,
    fix: 'Commit them, or publish to an environment of kind local.',
  });
}
