// The Docker executor of an agent, from what its environment says.

import { createDockerEngine, parseEngineAddress, readDockerCredentials } from '@towpath/oci';
import type { ContainerOptions } from '../container-options.ts';
import type { Executor } from '../executor.ts';
import type { DockerSetup } from '../executor-setup.ts';
import { createDockerExecutor } from './docker-executor.ts';
import { fitLimits, readEngineInfo } from './engine-info.ts';

/** Asks the engine who it is, and says which limits it can't keep. @throws TowpathError `DOCKER_HOST_INVALID`, `DOCKER_UNREACHABLE` */
export async function openDockerExecutor(options: ContainerOptions<DockerSetup>): Promise<Executor> {
  const { setup, limits, log } = options;
  const address = parseEngineAddress(setup.host, setup.certificates);
  const info = await readEngineInfo(createDockerEngine(address));
  const { remarks, ...kept } = fitLimits({ cpu: limits?.cpu, memoryMiB: limits?.memoryMiB }, info);
  for (const remark of remarks) log(remark);
  return await createDockerExecutor({
    ...options,
    address,
    settings: { instanceId: options.instanceId, network: setup.network, ticketVolume: setup.ticketVolume, ...kept },
    findCredentials: readDockerCredentials(setup.configFolder),
  });
}
