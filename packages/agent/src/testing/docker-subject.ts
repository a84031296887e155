// A Docker executor under test, on the engine of the machine, with containers of its own.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDockerEngine, type DockerEngine, parseEngineAddress } from '@towpath/oci';
import { type DockerPart, waitFor } from '@towpath/testkit';
import { packTar } from 'modern-tar';
import { CONTAINER_PATHS } from '../executors/container-paths.ts';
import { deleteContainer, listOwnContainers } from '../executors/docker/containers.ts';
import { createDockerExecutor, type DockerExecutorOptions } from '../executors/docker/docker-executor.ts';
import type { Executor } from '../executors/executor.ts';
import type { ExecutorSubject } from './executor-contract.ts';

export interface DockerSubject extends ExecutorSubject {
  readonly engine: DockerEngine;
  /** Label of its containers. */
  readonly instanceId: string;
}

/** Opens it; options in `more` stand above those that all tests share. */
export async function openDockerSubject(
  docker: DockerPart,
  more: Partial<DockerExecutorOptions> = {},
): Promise<DockerSubject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'docker-executor-')));
  const address = parseEngineAddress(docker.host);
  const engine = createDockerEngine(address);
  const instanceId = folder;
  const executors: Executor[] = [];
  const openNext = async (): Promise<Executor> => {
    const executor = await createDockerExecutor({
      stateFolder: folder,
      address,
      chooseImage: () => ({ reference: docker.image, mayBeLocal: true }),
      findCredentials: async () => undefined,
      // Short, so that the tests of ignored signals don't take ten seconds.
      graceMs: 500,
      log: () => undefined,
      ...more,
      settings: { ...more.settings, instanceId },
    });
    executors.push(executor);
    return executor;
  };
  const list = () => listOwnContainers(engine, instanceId);
  return {
    folder,
    engine,
    instanceId,
    executor: await openNext(),
    openNext,
    untilStarted: async (attemptId) => {
      const isStarted = async (): Promise<boolean> =>
        (await listOwnContainers(engine, instanceId, attemptId)).some(({ state }) => state !== 'created');
      await waitFor('the container to be started', 20_000, isStarted);
    },
    touch: (attemptId, name) => touch(engine, { instanceId, attemptId, name }),
    assertNothingRuns: async () => {
      await waitFor('no container to run', 10_000, async () =>
        (await list()).every(({ state }) => state !== 'running'),
      );
    },
    close: async () => {
      await Promise.all(executors.map((executor) => executor.close()));
      for (const container of await list()) await deleteContainer(engine, container);
      await rm(folder, { recursive: true });
    },
  };
}

async function touch(
  engine: DockerEngine,
  { instanceId, attemptId, name }: { readonly instanceId: string; readonly attemptId: string; readonly name: string },
): Promise<void> {
  const [container] = await listOwnContainers(engine, instanceId, attemptId);
  const body = await packTar([{ header: { name, size: 0, type: 'file', mtime: new Date(0) }, body: '' }]);
  const query = { path: CONTAINER_PATHS.temporary };
  await engine.send({ method: 'PUT', path: `/containers/${container?.id}/archive`, query, body });
}
