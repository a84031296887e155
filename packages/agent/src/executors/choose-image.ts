// The image that runs an attempt: `<registry of the environment>/datakits/<name>:<version>`, or the runner of TypeScript tasks.
import { TowpathError } from '@towpath/core';
import type { AttemptSpecification } from './executor.ts';
import type { ImageSetup } from './executor-setup.ts';

/** Which image an attempt wants. */
export interface WantedImage {
  /** `registry/path:version`, or by digest. */
  readonly reference: string;
  /** An image that was built here and is in no registry will do. */
  readonly mayBeLocal: boolean;
}

/** Names it. `version` is the platform's. @throws TowpathError `REGISTRY_MISSING` */
export function chooseImage(
  { work, environmentVariables }: AttemptSpecification,
  { registry, runnerImage, environment, kind }: ImageSetup,
  version: string,
): WantedImage {
  const mayBeLocal = kind === 'local';
  if (work.kind === 'function' && runnerImage !== undefined) return { reference: runnerImage, mayBeLocal };
  if (registry === undefined) throw registryMissing(environment);
  const { DATAKIT_NAME: name, DATAKIT_VERSION: datakitVersion } = environmentVariables;
  const path = work.kind === 'function' ? `platform/runner:${version}` : `datakits/${name}:${datakitVersion}`;
  return { reference: `${registry}/${path}`, mayBeLocal };
}

function registryMissing(environment: string): TowpathError {
  return new TowpathError({
    code: 'REGISTRY_MISSING',
    message: `[${environment.toUpperCase()}] There is no registry of images.`,
    cause: 'Attempts in containers need an image, and the environment declares no `registry`.',
    fix: `Declare \`registry\` of ${environment} in towpath.yaml, or let its attempts run as processes.`,
  });
}
