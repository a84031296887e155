// A release of a datakit has one version, said in three places: the tag in Git, the manifest, the label of the image.
import type { ErrorFacts } from '../errors/towpath-error.ts';

export interface VersionSources {
  readonly name: string;
  /** Of datakit.yaml. */
  readonly manifest: string;
  /** Tags of the commit, all of them. */
  readonly gitTags: readonly string[];
  /** Of the image that is to be published. */
  readonly label: string | undefined;
}

/** `datakit-sqlserver-bronze-v1.3.3` */
export function toReleaseTag(name: string, version: string): string {
  return `datakit-${name}-v${version}`;
}

/** What disagrees; undefined when all that say something say the same. A commit without a tag of this datakit says nothing. */
export function findVersionConflict({ name, manifest, gitTags, label }: VersionSources): ErrorFacts | undefined {
  const prefix = toReleaseTag(name, '');
  const tags = gitTags.filter((tag) => tag.startsWith(prefix) && /^\d/.test(tag.slice(prefix.length)));
  const said = [
    `datakit.yaml says ${manifest}`,
    ...tags.map((tag) => `the Git tag ${tag} says ${tag.slice(prefix.length)}`),
    ...(label === undefined ? [] : [`the image's label says ${label}`]),
  ];
  const versions = [manifest, ...tags.map((tag) => tag.slice(prefix.length)), ...(label === undefined ? [] : [label])];
  if (versions.every((version) => version === manifest)) return undefined;
  return {
    code: 'DATAKIT_VERSION_CONFLICT',
    message: `It is not clear which version of ${name} this is.`,
    cause: `${said.join(', ')}.`,
    fix: `Give the commit the tag ${toReleaseTag(name, manifest)} and no other of this datakit, or correct the version in datakit.yaml; then build again.`,
  };
}
