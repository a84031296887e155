// Attempts as containers of a Docker engine, by its HTTP API from 1.41 on. Agent and engine need not be on one host: files travel
// as archives, output comes out of the engine's log.
// Limits: without a shell in the image the order between standard output and standard error is the engine's; a container that an
// engine restart has ended is `ENGINE_RESTARTED` only when an agent saw the engine go.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ErrorFacts } from '@towpath/core';
import type { EngineAddress, FindCredentials } from '@towpath/oci';
import { createDockerEngine } from '@towpath/oci';
import { type AttemptFolder, deleteFolder, locateFolder } from '../attempt-folder.ts';
import { ATTEMPTS_FOLDERS } from '../attempts-folders.ts';
import type { CheckImage } from '../check-image.ts';
import type { WantedImage } from '../choose-image.ts';
import { adoptRecorded, listRecorded, startRecorded } from '../container-attempts.ts';
import type { AttemptSpecification, Executor, HeldAttempt, Leftover } from '../executor.ts';
import { refuseAttempt } from '../refused-attempt.ts';
import { createTaskRunnerModule } from '../task-runner-module.ts';
import type { ContainerSettings } from './container-spec.ts';
import { deleteContainer, listOwnContainers } from './containers.ts';
import type { DockerHost } from './docker-host.ts';
import { type BegunContainer, holdContainer } from './held-container.ts';
import { createKeptContainers } from './kept-containers.ts';
import { startContainer } from './start-container.ts';

export interface DockerExecutorOptions {
  /** Attempts live in `containers/<attemptId>/` here. One agent at a time. */
  readonly stateFolder: string;
  readonly address: EngineAddress;
  readonly settings: ContainerSettings;
  readonly chooseImage: (specification: AttemptSpecification) => WantedImage;
  /** Default: every image will do. */
  readonly checkImage?: CheckImage | undefined;
  readonly findCredentials: FindCredentials;
  /** From TERM to KILL when an attempt is cancelled or its time is over. */
  readonly graceMs?: number;
  /** How long the newest container of a datakit stays after its end. */
  readonly keepEndedMs?: number;
  /** Entry module of the task runner; default: the sdk's source. */
  readonly taskRunnerEntry?: string | undefined;
  readonly log: (line: string) => void;
}

/** As for processes: long enough for a COPY to be rolled back. */
const DEFAULT_GRACE_MS = 10_000;
const DEFAULT_KEEP_ENDED_MS = 3_600_000;

/** Creates the executor; what earlier agents left stays as it is until it is asked for. */
export async function createDockerExecutor(options: DockerExecutorOptions): Promise<Executor> {
  const attempts = join(resolve(options.stateFolder), ATTEMPTS_FOLDERS.docker);
  await mkdir(attempts, { recursive: true, mode: 0o700 });
  const engine = createDockerEngine(options.address);
  const { instanceId } = options.settings;
  const locate = (attemptId: string): AttemptFolder => locateFolder(join(attempts, attemptId));
  const isOurs = (attemptId: string): boolean => existsSync(join(attempts, attemptId));
  const kept = createKeptContainers({
    ...{ engine, instanceId, isOurs, log: options.log },
    keepMs: options.keepEndedMs ?? DEFAULT_KEEP_ENDED_MS,
  });
  const closing = new AbortController();
  const host: DockerHost = {
    ...{ engine, attempts, locate, isOurs },
    settings: options.settings,
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
    findCredentials: options.findCredentials,
    chooseImage: options.chooseImage,
    checkImage: options.checkImage ?? (() => undefined),
    readRunner: createTaskRunnerModule(options.taskRunnerEntry),
    release: kept.release,
    giveAlias: kept.giveAlias,
    beginnings: new Set(),
    closing: closing.signal,
    log: options.log,
  };
  return {
    listLeftovers: async () => {
      const leftovers = await listLeftovers(host);
      await kept.sweep();
      return leftovers;
    },
    start: (specification) => startAttempt(host, specification),
    refuse: async (specification, facts) => refuse(host, specification, facts),
    adopt: async (attemptId, epoch) => adoptAttempt(host, attemptId, epoch),
    discard: (attemptId) => discardAttempt(host, attemptId),
    // A container is started when it is needed.
    expectFunctions: () => undefined,
    close: async () => {
      closing.abort();
      kept.close();
      await Promise.all(host.beginnings);
    },
  };
}

/** @throws EngineError */
async function listLeftovers({ engine, settings, attempts }: DockerHost): Promise<readonly Leftover[]> {
  const containers = await listOwnContainers(engine, settings.instanceId);
  const started = new Set(containers.filter(({ state }) => state !== 'created').map(({ attemptId }) => attemptId));
  return await listRecorded(attempts, (attemptId) => started.has(attemptId));
}

async function startAttempt(host: DockerHost, specification: AttemptSpecification): Promise<HeldAttempt> {
  const begin = (signal: AbortSignal): Promise<BegunContainer> => startContainer(host, specification, signal);
  return await startRecorded(specification, {
    folder: host.locate(specification.attemptId),
    discard: (attemptId) => discardAttempt(host, attemptId),
    hold: (folder, record) => holdContainer({ host, folder, record, begin }),
  });
}

function refuse(host: DockerHost, specification: AttemptSpecification, facts: ErrorFacts): HeldAttempt {
  return refuseAttempt(host.locate(specification.attemptId), specification, facts);
}

function adoptAttempt(host: DockerHost, attemptId: string, epoch: number): HeldAttempt {
  const begin = () => findStarted(host, attemptId);
  return adoptRecorded(host.locate(attemptId), { attemptId, epoch, lostCode: 'CONTAINER_LOST' }, (folder, record) =>
    holdContainer({ host, folder, record, begin }),
  );
}

/** An id that no container has: how it ended is found out like that of any other that is gone. */
async function findStarted({ engine, settings }: DockerHost, attemptId: string): Promise<BegunContainer> {
  const [container] = await listOwnContainers(engine, settings.instanceId, attemptId);
  return { id: container?.id ?? `gone-${attemptId}`, image: container?.image };
}

async function discardAttempt(host: DockerHost, attemptId: string): Promise<void> {
  const folder = host.locate(attemptId);
  if (!host.isOurs(attemptId)) return;
  const { engine, settings } = host;
  for (const container of await listOwnContainers(engine, settings.instanceId, attemptId))
    await deleteContainer(engine, container);
  await deleteFolder(folder);
}
