// The Kubernetes executor under test: each subject has attempts of its own in a namespace that all tests of this process share.
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KubernetesPart, waitFor } from '@towpath/testkit';
import type { BundleSource } from '../executors/bundle-source.ts';
import { CONTAINER_PATHS } from '../executors/container-paths.ts';
import type { Executor } from '../executors/executor.ts';
import type { ApiAccess } from '../executors/kubernetes/api-access.ts';
import { discardJob } from '../executors/kubernetes/discard-job.ts';
import type { JobSettings } from '../executors/kubernetes/job-settings.ts';
import { deleteJob, type JobPlace, listJobs, listPods, releasePod } from '../executors/kubernetes/jobs.ts';
import { createKubernetesApi } from '../executors/kubernetes/kubernetes-api.ts';
import {
  createKubernetesExecutor,
  type KubernetesExecutorOptions,
} from '../executors/kubernetes/kubernetes-executor.ts';
import { hasStarted, isOver } from '../executors/kubernetes/pod-facts.ts';
import { readKubeconfig } from '../executors/kubernetes/read-kubeconfig.ts';
import type { ExecutorSubject } from './executor-contract.ts';

export interface KubernetesSubject extends ExecutorSubject {
  readonly place: JobPlace;
  assertNothingRuns(deadlineMs?: number): Promise<void>;
  /** Runs kubectl in the namespace, and returns what it printed. */
  kubectl(...words: readonly string[]): Promise<string>;
}

/** What a test wants otherwise. */
export interface SubjectOptions {
  readonly settings?: Partial<JobSettings>;
  readonly executor?: Partial<KubernetesExecutorOptions>;
  readonly access?: ApiAccess;
}

/** What is small goes with the Secret, so that nobody asks it. */
const NO_SERVER: BundleSource = {
  serverUrl: 'http://towpath.invalid',
  authorityFile: undefined,
  issueToken: () => Promise.reject(new Error('there is no server in this test')),
};

/** Namespace of these tests; made when it is missing, and kept: making one takes seconds. */
export const TEST_NAMESPACE = 'towpath-test';

/** Opens one. Its grace time is a second, the shortest there is. */
export async function openKubernetesSubject(
  part: KubernetesPart,
  wanted: SubjectOptions = {},
): Promise<KubernetesSubject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kube-executor-')));
  const admin = await readKubeconfig(part.kubeconfig);
  const settings = { namespace: TEST_NAMESPACE, instanceId: folder, keepEndedSeconds: 60, ...wanted.settings };
  const place = { api: createKubernetesApi(admin), ...settings };
  const kubectl = (...words: readonly string[]) => runKubectl(part, ['--namespace', settings.namespace, ...words]);
  const executors: Executor[] = [];
  const openNext = async (): Promise<Executor> => {
    const executor = await createKubernetesExecutor({
      stateFolder: folder,
      access: wanted.access ?? admin,
      settings,
      chooseImage: () => ({ reference: part.image, mayBeLocal: true }),
      bundleSource: NO_SERVER,
      graceMs: 1000,
      log: () => undefined,
      ...wanted.executor,
    });
    executors.push(executor);
    return executor;
  };
  await ensureNamespace(part, settings.namespace);
  return {
    folder,
    place,
    kubectl,
    executor: await openNext(),
    openNext,
    untilStarted: async (attemptId) => {
      await waitFor('the Pod to run', 20_000, async () => (await listPods(place, attemptId)).some(hasStarted));
    },
    touch: async (attemptId, name) => {
      const [pod] = await listPods(place, attemptId);
      await kubectl('exec', pod?.name ?? '', '--', 'touch', `${CONTAINER_PATHS.temporary}/${name}`);
    },
    assertNothingRuns: async (deadlineMs = 20_000) => {
      const isStill = async () => (await listPods(place)).every((pod) => !hasStarted(pod) || isOver(pod));
      await waitFor('no Pod to run', deadlineMs, isStill);
    },
    close: async () => {
      await Promise.all(executors.map((executor) => executor.close()));
      await dispose(place);
      place.api.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What is over is only asked to go, so that the next test need not wait for it. */
async function dispose(place: JobPlace): Promise<void> {
  const pods = await listPods(place);
  const jobs = await listJobs(place);
  const over = new Set(pods.filter(isOver).map(({ attemptId }) => attemptId));
  const live = [...jobs, ...pods].map(({ attemptId }) => attemptId).filter((attemptId) => !over.has(attemptId));
  await Promise.all([...new Set(live)].map((attemptId) => discardJob(place, attemptId)));
  for (const pod of pods) await releasePod(place, pod);
  for (const job of jobs) await deleteJob(place, job);
}

const ensured = new Map<string, Promise<unknown>>();

async function ensureNamespace(part: KubernetesPart, name: string): Promise<void> {
  const make = () =>
    runKubectl(part, ['create', 'namespace', name]).catch(() => runKubectl(part, ['get', 'namespace', name]));
  const made = ensured.get(name) ?? make();
  ensured.set(name, made);
  await made;
}

async function runKubectl({ kubectl, kubeconfig }: KubernetesPart, words: readonly string[]): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  return (await promisify(execFile)(kubectl, [...words], { env })).stdout;
}
