// What a datakit's manifest says that it needs, against what this agent and the sizing of its environment give.
import {
  type DatakitNeeds,
  type ErrorFacts,
  type ExecutorName,
  judgeDatakitFit,
  parseMemoryMiB,
  toMisfitFacts,
} from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';
import type { AttemptLimits } from './attempt-limits.ts';

/** What an agent gives an attempt. */
export interface GivenToAttempts {
  /** Of the platform. */
  readonly version: string;
  readonly limits: AttemptLimits;
  /** Its executor ends what needs more than `limits.memoryMiB`; processes are not ended for that. */
  readonly endsForMemory: boolean;
}

/** Containers have a limit of memory, processes have none. `undefined` is an agent that was told nothing: processes. */
export function endsForMemory(executor: ExecutorName | undefined): boolean {
  return executor !== undefined && executor !== 'process';
}

/** Why no attempt of this datakit may start here; undefined: it fits. Memory counts only where it would be its end. */
export function findMisfit(datakit: InstalledDatakit, given: GivenToAttempts): ErrorFacts | undefined {
  const memoryMiB = given.endsForMemory ? given.limits.memoryMiB : undefined;
  const [misfit] = judgeDatakitFit(toNeeds(datakit), { platformVersion: given.version, memoryMiB });
  return misfit && toMisfitFacts(misfit, datakit);
}

/** What is worth a word before anything runs: why it will not start, or that it may not have what its author meant. */
export function listMisfitRemarks(datakit: InstalledDatakit, given: GivenToAttempts): readonly string[] {
  const { name, version, resources = {} } = datakit;
  const { memoryMiB, cpu } = given.limits;
  const misfits = judgeDatakitFit(toNeeds(datakit), { platformVersion: given.version, memoryMiB });
  const remarks = misfits.map((misfit) => {
    const { message, cause } = toMisfitFacts(misfit, datakit);
    const isRefused = misfit.code === 'platform-too-old' || given.endsForMemory;
    return `${message} ${cause} ${isRefused ? 'Its attempts will not start.' : 'Processes are not limited: it runs all the same.'}`;
  });
  if (resources.cpu !== undefined && cpu !== undefined && cpu < resources.cpu)
    remarks.push(`Datakit ${name} ${version} asks for ${resources.cpu} CPU, sizing.cpu gives ${cpu}: it may be slow.`);
  return remarks;
}

function toNeeds({ minimumPlatform, resources }: InstalledDatakit): DatakitNeeds {
  return { minimumPlatform, memoryMiB: toMemoryMiB(resources?.memory) };
}

/** The manifest's schema has checked the text. */
function toMemoryMiB(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseMemoryMiB(text);
}

/** What the Pod of an attempt asks for where the environment's sizing says nothing. */
export function toRequests({ resources }: InstalledDatakit): AttemptLimits {
  return { cpu: resources?.cpu, memoryMiB: toMemoryMiB(resources?.memory) };
}
