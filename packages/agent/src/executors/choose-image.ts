// The image that runs an attempt: `<registry of the environment>/datakits/<name>:<version>`, or the runner of TypeScript tasks.
import { judgeImageVersion, TowpathError } from '@towpath/core';
import { parseImageReference } from '@towpath/oci';
import type { AttemptSpecification } from './executor.ts';
import type { ImageSetup } from './executor-setup.ts';

/** Which image an attempt wants. */
export interface WantedImage {
  /** `registry/path:version`, or by digest. */
  readonly reference: string;
  /** An image that was built here and is in no registry will do. */
  readonly mayBeLocal: boolean;
}

/** Names it. `version` is the platform's. @throws TowpathError `REGISTRY_MISSING`, `IMAGE_TAG_FLOATING` */
export function chooseImage(specification: AttemptSpecification, setup: ImageSetup, version: string): WantedImage {
  const reference = nameImage(specification, setup, version);
  const { kind, environment: name, floatingTags } = setup;
  const mayBeLocal = kind === 'local';
  const { digest, tag = 'latest' } = parseImageReference(reference);
  // On a laptop whatever somebody names.
  const refusal = mayBeLocal ? undefined : judgeImageVersion(digest ?? tag, { name, kind, floatingTags });
  if (refusal !== undefined) throw new TowpathError(refusal);
  return { reference, mayBeLocal };
}

function nameImage(
  { work, environmentVariables, imageDigest }: AttemptSpecification,
  { registry, runnerImage, environment }: ImageSetup,
  version: string,
): string {
  if (work.kind === 'function' && runnerImage !== undefined) return runnerImage;
  if (registry === undefined) throw registryMissing(environment);
  const { DATAKIT_NAME: name, DATAKIT_VERSION: datakitVersion } = environmentVariables;
  if (work.kind === 'function') return `${registry}/platform/runner:${version}`;
  const image = `${registry}/datakits/${name}:${datakitVersion}`;
  return imageDigest === undefined ? image : `${image}@${imageDigest}`;
}

function registryMissing(environment: string): TowpathError {
  return new TowpathError({
    code: 'REGISTRY_MISSING',
    message: `[${environment.toUpperCase()}] There is no registry of images.`,
    cause: 'Attempts in containers need an image, and the environment declares no `registry`.',
    fix: `Declare \`registry\` of ${environment} in towpath.yaml, or let its attempts run as processes.`,
  });
}
