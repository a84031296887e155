// Opens the executor that was chosen. Those with heavy clients are loaded when they are needed.
import type { ExecutorName } from '@towpath/core';
import type { AttemptLimits } from '../attempts/attempt-limits.ts';
import type { BundleSource } from './bundle-source.ts';
import { createImageCheck } from './check-image.ts';
import { chooseImage } from './choose-image.ts';
import type { ContainerOptions } from './container-options.ts';
import { combineExecutors, type EarlierExecutor, failUnreachable, findEarlierExecutors } from './earlier-executors.ts';
import type { Executor } from './executor.ts';
import type { ExecutorSetup } from './executor-setup.ts';
import { createProcessExecutor } from './process/process-executor.ts';

export interface OpenExecutorOptions {
  /** Undefined: processes. */
  readonly executor?: ExecutorSetup | undefined;
  readonly stateFolder: string;
  /** Of the state folder. */
  readonly instanceId: string;
  readonly limits?: AttemptLimits | undefined;
  readonly nodePath?: string | undefined;
  readonly launcherEntry?: string | undefined;
  readonly taskRunnerEntry?: string | undefined;
  /** See `ProcessExecutorOptions`. */
  readonly calmMs?: number | undefined;
  /** As the agent reaches it. */
  readonly serverUrl: string;
  /** For attempts that fetch their bundle themselves. */
  readonly issueToken: BundleSource['issueToken'];
  /** Of the platform. */
  readonly version: string;
  readonly log: (line: string) => void;
}

/**
 * Opens it, and with it those of which attempts are left in the state folder.
 *
 * @throws TowpathError `DOCKER_HOST_INVALID`, `DOCKER_UNREACHABLE`, `EARLIER_EXECUTOR_UNREACHABLE`, or why there is no way to a cluster
 */
export async function openExecutor(options: OpenExecutorOptions): Promise<Executor> {
  const { executor, log, stateFolder } = options;
  const name = executor?.name ?? 'process';
  if (executor !== undefined && name !== 'process')
    log(`attempts run by the executor ${name}, decided by ${executor.decidedBy}`);
  const earlier: EarlierExecutor[] = [];
  for (const other of findEarlierExecutors(stateFolder, name)) {
    log(`attempts of the executor ${other} are left here; new ones run by ${name}`);
    const opened = await openNamed(options, other).catch((thrown) => failUnreachable(other, thrown));
    earlier.push({ name: other, executor: opened });
  }
  const current = await openNamed(options, name);
  return earlier.length === 0 ? current : combineExecutors(current, earlier);
}

async function openNamed(options: OpenExecutorOptions, name: ExecutorName): Promise<Executor> {
  if (name === 'process') return await openProcesses(options);
  if (options.executor === undefined) throw new Error('This agent was told of no executor but processes.');
  if (name === 'docker') return await openDocker(options, options.executor);
  return await openKubernetes(options, options.executor);
}

/** A limit that nothing enforces is said before anything runs without it. */
async function openProcesses(options: OpenExecutorOptions): Promise<Executor> {
  const { cpu, memoryMiB } = options.limits ?? {};
  if (cpu !== undefined) options.log('sizing.cpu limits nothing here: the executor process can not enforce it');
  if (memoryMiB !== undefined)
    options.log('sizing.memory limits the heap of TypeScript tasks alone: the executor process can not enforce it');
  return await createProcessExecutor({ ...options, memoryMiB });
}

/** What both kinds of containers are opened with. */
function toContainerOptions(options: OpenExecutorOptions, { images }: ExecutorSetup) {
  const choose: ContainerOptions<unknown>['chooseImage'] = (specification) =>
    chooseImage(specification, images, options.version);
  return { ...options, chooseImage: choose, checkImage: createImageCheck(options.version, options.limits) };
}

async function openDocker(options: OpenExecutorOptions, executor: ExecutorSetup): Promise<Executor> {
  const { openDockerExecutor } = await import('./docker/open-docker-executor.ts');
  return await openDockerExecutor({ ...toContainerOptions(options, executor), setup: executor.docker });
}

async function openKubernetes(options: OpenExecutorOptions, executor: ExecutorSetup): Promise<Executor> {
  const { openKubernetesExecutor } = await import('./kubernetes/open-kubernetes-executor.ts');
  return await openKubernetesExecutor({ ...toContainerOptions(options, executor), setup: executor.kubernetes });
}
