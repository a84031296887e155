import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireDocker, waitFor } from '@towpath/testkit';
import { packTar } from 'modern-tar';
import { type ExecutorSubject, testExecutorContract } from '../../testing/executor-contract.ts';
import type { Executor } from '../executor.ts';
import { CONTAINER_PATHS } from './container-paths.ts';
import { deleteContainer, listOwnContainers } from './containers.ts';
import { createDockerEngine } from './docker-engine.ts';
import { createDockerExecutor } from './docker-executor.ts';
import { parseEngineAddress } from './engine-address.ts';

const docker = requireDocker();

testExecutorContract('docker', open);

async function open(): Promise<ExecutorSubject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'docker-executor-')));
  const address = parseEngineAddress(docker.host);
  const engine = createDockerEngine(address);
  const instanceId = folder;
  const executors: Executor[] = [];
  const openNext = async (): Promise<Executor> => {
    const executor = await createDockerExecutor({
      stateFolder: folder,
      address,
      settings: { instanceId },
      chooseImage: () => ({ reference: docker.image, mayBeLocal: true }),
      findCredentials: async () => undefined,
      graceMs: 500,
      log: () => undefined,
    });
    executors.push(executor);
    return executor;
  };
  const list = () => listOwnContainers(engine, instanceId);
  return {
    folder,
    executor: await openNext(),
    openNext,
    touch: async (attemptId, name) => {
      const [container] = await listOwnContainers(engine, instanceId, attemptId);
      const body = await packTar([{ header: { name, size: 0, type: 'file', mtime: new Date(0) }, body: '' }]);
      const query = { path: CONTAINER_PATHS.temporary };
      await engine.send({ method: 'PUT', path: `/containers/${container?.id}/archive`, query, body });
    },
    assertNothingRuns: () =>
      waitFor('no container to run', 10_000, async () => (await list()).every(({ state }) => state !== 'running')).then(
        () => undefined,
      ),
    close: async () => {
      await Promise.all(executors.map((executor) => executor.close()));
      for (const container of await list()) await deleteContainer(engine, container);
      await rm(folder, { recursive: true });
    },
  };
}
