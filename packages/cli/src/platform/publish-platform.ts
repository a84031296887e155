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

/** @throws TowpathError `IMAGE_TAG_FLOATING`, `IMAGE_TAG_TAKEN`, `PROJECT_UNCOMMITTED`, `PROJECT_TAG_MISSING`, and what building and registries throw */
export async function publishPlatform(request: PublishPlatformRequest): Promise<readonly PublishedPlatformImage[]> {
  const { environment, tag, project } = request;
  const git = await readGitFacts(project.folder);
  checkTags(request);
  if (git.isModified && environment.kind !== 'local') throw uncommitted(environment.name);
  const projectTag = request.projectTag ?? `${toCommit(git)}-${tag}`;
  const registry = openRegistry(environment, request);
  const images = await buildPlatformImages(request);
  const labels = { 'dev.towpath.project': project.name, ...toRevisionLabel(git) };
  const agent = await images.withProject(project.folder, { labels, ignored: git.ignored });
  const push = (repository: string, image: Image, name: string) =>
    pushUnlessOther({ registry, isMovable: environment.kind === 'local' }, { repository, image, tag: name });
  return [
    await push('platform/runner', images.runner, tag),
    await push('platform/towpath', images.towpath, tag),
    await push(`projects/${project.name}`, agent, projectTag),
  ];
}

/** What a tag may be called that nothing may move; a laptop's may be called anything. */
function checkTags({ environment, tag, projectTag }: PublishPlatformRequest): void {
  if (environment.kind === 'local') return;
  for (const given of [tag, projectTag])
    if (given !== undefined && FLOATING.test(given)) throw tagFloating(given, environment);
}

/** Words without a digit name no version: `latest`, `stable`, `main`. */
const FLOATING = /^[^0-9]*$/;

/** As far as it names one. */
function toCommit({ revision, isModified }: GitFacts): string {
  if (revision === undefined) throw projectTagMissing();
  return `${revision.slice(0, 12)}${isModified ? '-modified' : ''}`;
}

function toRevisionLabel({ revision, isModified }: GitFacts): Readonly<Record<string, string>> {
  if (revision === undefined) return {};
  return { 'org.opencontainers.image.revision': `${revision}${isModified ? '-modified' : ''}` };
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

function tagFloating(tag: string, { name, kind }: ImageEnvironment): TowpathError {
  return new TowpathError({
    code: 'IMAGE_TAG_FLOATING',
    message: `Environment ${name} does not take the tag ${JSON.stringify(tag)}.`,
    cause: `Its kind is ${kind}: what may be another image tomorrow is refused there.`,
    fix: 'Give a tag that says a version or a commit.',
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
