// Why an attempt of a datakit does not start: the same words wherever it is noticed.
import type { ErrorFacts } from '../errors/towpath-error.ts';
import type { DatakitMisfit } from './judge-datakit-fit.ts';

/** `DATAKIT_NEEDS_NEWER_PLATFORM`, `DATAKIT_NEEDS_MORE_MEMORY` */
export function toMisfitFacts(misfit: DatakitMisfit, { name, version }: { name: string; version: string }): ErrorFacts {
  const which = `${name} ${version}`;
  if (misfit.code === 'platform-too-old')
    return {
      code: 'DATAKIT_NEEDS_NEWER_PLATFORM',
      message: `Datakit ${which} needs Towpath ${misfit.minimumPlatform} or later.`,
      cause: `The agent that would run it is ${misfit.platformVersion}.`,
      fix: 'Upgrade the agents of the environment, or name an earlier version of the datakit in the pipeline.',
    };
  return {
    code: 'DATAKIT_NEEDS_MORE_MEMORY',
    message: `Datakit ${which} needs ${misfit.needsMiB} MiB of memory.`,
    cause: `sizing.memory of the environment gives an attempt ${misfit.memoryMiB} MiB.`,
    fix: 'Raise sizing.memory of the environment in towpath.yaml and start its agents again, or lower resources.memory of the datakit.',
  };
}
