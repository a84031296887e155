// Attempts as Jobs of a Kubernetes cluster (1.27 and later), one Job with one Pod each, in the environment's namespace. Agent and
// cluster need not be near each other: files travel in a Secret, output comes out of the Pod's log, the result out of its
// termination message.
// Limits: what an attempt brings must fit into a Secret (1 MiB), but for the bundle of a function; kubelets rotate logs, and what an
// agent did not read until then is lost, which the log says.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { askPatiently } from '../ask-patiently.ts';
import { deleteFolder, locateFolder } from '../attempt-folder.ts';
import { ATTEMPTS_FOLDERS } from '../attempts-folders.ts';
import type { BundleSource } from '../bundle-source.ts';
import { adoptRecorded, listRecorded, startRecorded } from '../container-attempts.ts';
import type { AttemptSpecification, Executor, HeldAttempt, Leftover } from '../executor.ts';
import { refuseAttempt } from '../refused-attempt.ts';
import { createTaskRunnerModule } from '../task-runner-module.ts';
import type { ApiAccess } from './api-access.ts';
import { createBundleAccess } from './bundle-access.ts';
import { discardJob } from './discard-job.ts';
import { holdPod } from './held-pod.ts';
import type { JobSettings, PodImage } from './job-settings.ts';
import { listJobs, listPods } from './jobs.ts';
import { createKubernetesApi, isApiAway } from './kubernetes-api.ts';
import type { KubernetesHost, PatienceMs } from './kubernetes-host.ts';
import { POD_LOST } from './pod-end.ts';
import { hasStarted, type PodFacts } from './pod-facts.ts';
import { findPod, waitForStart } from './pod-states.ts';
import { createPodWatch } from './pod-watch.ts';
import { type StartedAttempt, startJob } from './start-job.ts';
import { createStrayPods } from './stray-pods.ts';

export interface KubernetesExecutorOptions {
  /** Attempts live in `jobs/<attemptId>/` here. One agent at a time. */
  readonly stateFolder: string;
  readonly access: ApiAccess;
  readonly settings: JobSettings;
  readonly chooseImage: (specification: AttemptSpecification) => PodImage;
  /** Where Pods fetch bundles that are too large for a Secret. */
  readonly bundleSource: BundleSource;
  /** From TERM to KILL when an attempt is cancelled or its time is over; Kubernetes counts in whole seconds. */
  readonly graceMs?: number;
  readonly patienceMs?: Partial<PatienceMs>;
  /** Entry module of the task runner; default: the sdk's source. */
  readonly taskRunnerEntry?: string | undefined;
  readonly log: (line: string) => void;
}

/** As for processes: long enough for a COPY to be rolled back. */
const DEFAULT_GRACE_MS = 10_000;

const MINUTE_MS = 60_000;
/** Errors that may pass: a registry or a node that restarts. A cluster that grows needs a new machine. Large images take long. */
const DEFAULT_PATIENCE_MS: PatienceMs = { start: 2 * MINUTE_MS, scheduling: 10 * MINUTE_MS, pulling: 20 * MINUTE_MS };

/** Creates the executor; what earlier agents left stays as it is until it is asked for. */
export async function createKubernetesExecutor(options: KubernetesExecutorOptions): Promise<Executor> {
  const attempts = join(resolve(options.stateFolder), ATTEMPTS_FOLDERS.kubernetes);
  await mkdir(attempts, { recursive: true, mode: 0o700 });
  const api = createKubernetesApi(options.access);
  const { namespace, instanceId } = options.settings;
  const closing = new AbortController();
  const place = { api, namespace, instanceId };
  const locate = (attemptId: string) => locateFolder(join(attempts, attemptId));
  const strays = createStrayPods({ place, signal: closing.signal, log: options.log });
  const host: KubernetesHost = {
    ...{ place, strays, locate },
    settings: options.settings,
    pods: createPodWatch({
      ...{ api, namespace, instanceId, log: options.log },
      onStray: (pod) => {
        const isFirst = host.pods.list(pod.attemptId)[0]?.uid === pod.uid;
        // The first one is what there is to adopt, or is being let go.
        if (!(isFirst && existsSync(locate(pod.attemptId).path))) strays.discard(pod);
      },
    }),
    attempts,
    graceSeconds: Math.max(1, Math.ceil((options.graceMs ?? DEFAULT_GRACE_MS) / 1000)),
    patienceMs: { ...DEFAULT_PATIENCE_MS, ...options.patienceMs },
    chooseImage: options.chooseImage,
    bundleSource: options.bundleSource,
    readRunner: createTaskRunnerModule(options.taskRunnerEntry),
    closing: closing.signal,
    log: options.log,
    beginnings: new Set(),
  };
  return {
    listLeftovers: () => askPatiently(() => listLeftovers(host), { signal: closing.signal, isAway: isApiAway }),
    start: (specification) => startAttempt(host, specification),
    refuse: async (specification, facts) => refuseAttempt(host.locate(specification.attemptId), specification, facts),
    adopt: async (attemptId, epoch) => adoptAttempt(host, attemptId, epoch),
    discard: (attemptId) => discardAttempt(host, attemptId),
    // A Pod is started when it is needed.
    expectFunctions: () => undefined,
    close: async () => {
      closing.abort();
      await Promise.all(host.beginnings);
      await host.pods.close();
      api.close();
    },
  };
}

/** A Job of ours without a record belongs to nobody. */
async function listLeftovers(host: KubernetesHost): Promise<readonly Leftover[]> {
  const pods = await listPods(host.place);
  await discardOrphans(host, pods);
  const started = new Set(pods.filter(hasStarted).map(({ attemptId }) => attemptId));
  return await listRecorded(host.attempts, (attemptId) => started.has(attemptId));
}

/** Those that ended and were accepted stay for their retention. */
async function discardOrphans(host: KubernetesHost, pods: readonly PodFacts[]): Promise<void> {
  const unfinished = (await listJobs(host.place)).filter(({ isFinished }) => !isFinished);
  const live = [...unfinished, ...pods.filter(({ isHeld }) => isHeld)].map(({ attemptId }) => attemptId);
  const orphans = [...new Set(live)].filter((attemptId) => !existsSync(host.locate(attemptId).path));
  const discard = (attemptId: string): Promise<void> =>
    discardJob(host.place, attemptId, AbortSignal.any([host.closing, AbortSignal.timeout(ORPHAN_MS)])).catch((thrown) =>
      host.log(`what is left of attempt ${attemptId} could not be deleted: ${String(thrown)}`),
    );
  await Promise.all(orphans.map(discard));
}

/** A node that is away must not keep an agent from starting; whoever comes after it tries again. */
const ORPHAN_MS = 15_000;

async function startAttempt(host: KubernetesHost, specification: AttemptSpecification): Promise<HeldAttempt> {
  const giveAccess = createBundleAccess(host.bundleSource, specification);
  const begin = (signal: AbortSignal): Promise<PodFacts> => beginAttempt(host, { specification, giveAccess }, signal);
  return await startRecorded(specification, {
    folder: host.locate(specification.attemptId),
    discard: (attemptId) => discardAttempt(host, attemptId),
    hold: (folder, record) => holdPod({ host, folder, record, begin }),
  });
}

/** @throws TowpathError why it can't run; ApiError when the API is away */
async function beginAttempt(host: KubernetesHost, attempt: StartedAttempt, signal: AbortSignal): Promise<PodFacts> {
  await startJob(host, attempt, signal);
  signal.throwIfAborted();
  const verdict = await waitForStart(host, attempt.specification.attemptId, signal);
  if ('problem' in verdict) throw new TowpathError(verdict.problem);
  return verdict.pod;
}

function adoptAttempt(host: KubernetesHost, attemptId: string, epoch: number): HeldAttempt {
  const begin = (signal: AbortSignal) => findPod(host, attemptId, signal);
  return adoptRecorded(host.locate(attemptId), { attemptId, epoch, lostCode: POD_LOST.reasonCode }, (folder, record) =>
    holdPod({ host, folder, record, begin }),
  );
}

async function discardAttempt(host: KubernetesHost, attemptId: string): Promise<void> {
  const folder = host.locate(attemptId);
  if (!existsSync(folder.path)) return;
  await discardJob(host.place, attemptId);
  await deleteFolder(folder);
}
