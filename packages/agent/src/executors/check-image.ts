// An image says by labels what it needs; it may be another than the folder with its manifest.
import { judgeDatakitFit, TowpathError, toMisfitFacts } from '@towpath/core';
import { readNeeds } from '@towpath/datakit';
import type { AttemptLimits } from '../attempts/attempt-limits.ts';
import type { AttemptSpecification } from './executor.ts';

/** @throws TowpathError `DATAKIT_NEEDS_NEWER_PLATFORM`, `DATAKIT_NEEDS_MORE_MEMORY` */
export type CheckImage = (specification: AttemptSpecification, labels: Readonly<Record<string, string>>) => void;

/** Creates the check for a platform of this version, whose executor ends what needs more than its limits. */
export function createImageCheck(version: string, limits: AttemptLimits | undefined): CheckImage {
  return ({ work, environmentVariables }, labels) => {
    // The runner of functions is no datakit.
    if (work.kind === 'function') return;
    const [misfit] = judgeDatakitFit(readNeeds(labels), { platformVersion: version, memoryMiB: limits?.memoryMiB });
    if (misfit === undefined) return;
    const { DATAKIT_NAME: name = '', DATAKIT_VERSION: datakitVersion = '' } = environmentVariables;
    throw new TowpathError(toMisfitFacts(misfit, { name, version: datakitVersion }));
  };
}
