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

/** Of an agent's options. Containers have a limit of memory, processes have none; an agent that was told nothing runs processes. */
export function toGiven({ version, limits = {}, executor }: GivingAgent): GivenToAttempts {
  return { version, limits, endsForMemory: executor !== undefined && executor.name !== 'process' };
}

interface GivingAgent {
  readonly version: string;
  readonly limits?: AttemptLimits | undefined;
  readonly executor?: { readonly name: ExecutorName } | undefined;
}

/** Why no attempt of this datakit may start here; undefined: it fits. Memory counts only where it would be its end. */
export function findMisfit(datakit: InstalledDatakit, given: GivenToAttempts): ErrorFacts | undefined {
  return findMisfitOf(datakit, toNeeds(datakit), given);
}

/** The same of one whose needs were read elsewhere: from the labels of its image. */
export function findMisfitOf(
  datakit: { readonly name: string; readonly version: string },
  needs: DatakitNeeds,
  given: GivenToAttempts,
): ErrorFacts | undefined {
  const memoryMiB = given.endsForMemory ? given.limits.memoryMiB : undefined;
  const [misfit] = judgeDatakitFit(needs, { platformVersion: given.version, memoryMiB });
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
