// Names of images: `registry/path:tag` or `registry/path@sha256:…`, as far as engines and registries need them taken apart.
import { TowpathError } from '@towpath/core';

export interface ImageReference {
  /** `host[:port]`; undefined for a name without a registry. */
  readonly registry: string | undefined;
  /** With the registry, without tag and digest, as an engine is asked for it. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:<hex>`. */
  readonly digest: string | undefined;
}

const REFERENCE =
  /^(?<repository>(?:(?<registry>[a-z0-9.-]+(?::\d{1,5})?)\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/**
 * Takes a reference apart. `registry.localhost` is written `localhost`, which every engine resolves and trusts without TLS.
 *
 * @throws TowpathError `IMAGE_REFERENCE_INVALID`
 */
export function parseImageReference(text: string): ImageReference {
  const groups = REFERENCE.exec(text)?.groups;
  if (groups?.repository === undefined) throw referenceInvalid(text);
  // `datakits/name` has no registry: its first part is a host only with a dot, a port, or as localhost.
  const isHost = /[.:]|^localhost$/.test(groups.registry ?? '');
  const registry = isHost ? toResolvableHost(groups.registry ?? '') : undefined;
  const repository = isHost ? `${registry}${groups.repository.slice(groups.registry?.length)}` : groups.repository;
  return { registry, repository, tag: groups.tag, digest: groups.digest };
}

/** As an engine is asked for it; with a digest that alone counts. */
export function formatImageReference({ repository, tag, digest }: ImageReference): string {
  if (digest !== undefined) return `${repository}@${digest}`;
  return `${repository}:${tag ?? 'latest'}`;
}

/** `registry.localhost` and its like as `localhost`, which resolves without DNS; others as they are. */
export function toResolvableHost(registry: string): string {
  return registry.replace(/^[a-z0-9-]+\.localhost(?=:|$)/, 'localhost');
}

function referenceInvalid(text: string): TowpathError {
  return new TowpathError({
    code: 'IMAGE_REFERENCE_INVALID',
    message: `${JSON.stringify(text)} is no name of an image.`,
    cause: 'A name is `registry/path:version` or `registry/path@sha256:…`, in lower case.',
    fix: 'Correct the registry of the environment, or the name and version of the datakit.',
  });
}
