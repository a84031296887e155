// What an engine can do, and which limits of an environment it can therefore keep.
import { TowpathError } from '@towpath/core';
import { type DockerEngine, isEngineAway } from '@towpath/oci';
import { z } from 'zod';

const EngineInfo = z.object({
  /** Cores of its host. */
  NCPU: z.number(),
  MemTotal: z.number(),
  MemoryLimit: z.boolean(),
  CpuCfsQuota: z.boolean(),
  ServerVersion: z.string(),
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/** Asks it. @throws TowpathError `DOCKER_UNREACHABLE` */
export async function readEngineInfo(engine: DockerEngine): Promise<EngineInfo> {
  try {
    return EngineInfo.parse(await engine.send({ method: 'GET', path: '/info' }));
  } catch (thrown) {
    throw new TowpathError({
      code: 'DOCKER_UNREACHABLE',
      message: 'No Docker engine answers, so no attempt can run.',
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: isEngineAway(thrown)
        ? 'Start it, or correct DOCKER_HOST or `docker.host` of the environment; who runs the agent must be allowed to use its socket.'
        : 'Docker 20.10 or later is needed.',
    });
  }
}

export interface Limits {
  readonly cpu: number | undefined;
  readonly memoryMiB: number | undefined;
}

const MIB = 1024 * 1024;

/** The limits that this engine keeps, and in words those it does not keep as they are declared. */
export function fitLimits(
  { cpu, memoryMiB }: Limits,
  { NCPU, MemTotal, MemoryLimit, CpuCfsQuota }: EngineInfo,
): Limits & { readonly remarks: readonly string[] } {
  const remarks: string[] = [];
  const hasMemory = memoryMiB === undefined || MemoryLimit;
  if (!hasMemory) remarks.push(`sizing.memory (${memoryMiB}Mi) limits nothing: this Docker engine can not enforce it`);
  if (memoryMiB !== undefined && memoryMiB * MIB > MemTotal)
    remarks.push(`sizing.memory (${memoryMiB}Mi) is more than the engine's host has (${Math.floor(MemTotal / MIB)}Mi)`);
  const hasCpu = cpu === undefined || CpuCfsQuota;
  if (!hasCpu) remarks.push(`sizing.cpu (${cpu}) limits nothing: this Docker engine can not enforce it`);
  if (hasCpu && cpu !== undefined && cpu > NCPU)
    remarks.push(`sizing.cpu (${cpu}) is more than the engine's host has; attempts get all ${NCPU}`);
  return {
    cpu: hasCpu && cpu !== undefined ? Math.min(cpu, NCPU) : undefined,
    memoryMiB: hasMemory ? memoryMiB : undefined,
    remarks,
  };
}
