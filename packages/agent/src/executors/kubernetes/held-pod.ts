// An attempt whose Pod is being started, runs, or ran: its log, its time limit, its cancelling and its end.
//
//   preparing ─▶ running ─▶ over        cancelled while preparing: its Job is deleted, nothing is started any more
//   the API server is away: nothing is known, so it is waited for
import { failpoint } from '@towpath/core';
import { getBootId, getUptimeSeconds } from '../../host/boot.ts';
import { askPatiently } from '../ask-patiently.ts';
import { type AttemptEnder, createAttemptEnder } from '../attempt-ender.ts';
import { type AttemptFolder, deleteFolder, findEnding } from '../attempt-folder.ts';
import { type ContainerRecord, replaceContainerRecord } from '../container-record.ts';
import { decideEnd } from '../decide-end.ts';
import type { AttemptEnd, HeldAttempt } from '../executor.ts';
import { ignoreFailure } from '../ignore-failure.ts';
import { openLogFile } from '../log-file.ts';
import { noteFailedStart, startFacts } from '../refused-attempt.ts';
import { armTimeLimit } from '../time-limit.ts';
import { decidePodEnd } from './decide-pod-end.ts';
import { discardJob } from './discard-job.ts';
import { deletePod, deleteSecret } from './jobs.ts';
import { hasStatus, isApiAway } from './kubernetes-api.ts';
import type { KubernetesHost } from './kubernetes-host.ts';
import { POD_LOST } from './pod-end.ts';
import { hasSaidEnd, hasStarted, isNodeLost, type PodFacts } from './pod-facts.ts';
import { followPodLog } from './pod-log.ts';
import { waitForEnd } from './pod-states.ts';
import { releaseJob } from './release-job.ts';

export interface HeldPodOptions {
  readonly host: KubernetesHost;
  readonly folder: AttemptFolder;
  readonly record: ContainerRecord;
  /** Brings it to run and returns its Pod; undefined when there is none any more. May be repeated. */
  readonly begin: (signal: AbortSignal) => Promise<PodFacts | undefined>;
}

interface Watch {
  readonly ender: AttemptEnder;
  /** The attempt is not watched from here any more. */
  readonly unwatched: AbortController;
  /** That, or the executor was closed. */
  readonly signal: AbortSignal;
  /** It is not to be started any more. */
  readonly unwanted: AbortController;
  /** Settles when nothing is being started any more. */
  begun: Promise<unknown>;
  /** Known while it may be signalled. */
  pod: PodFacts | undefined;
  isOver: boolean;
  /** As far as we know. */
  hasSecret: boolean;
}

/** Holds an attempt from here on. */
export function holdPod(options: HeldPodOptions): HeldAttempt {
  const { host, folder, record } = options;
  const { attemptId } = record.spec;
  const watch = createWatch(host, folder);
  let kept = record;
  // Serves the agent after this one; a full disk must not cost this one its attempt.
  const keep = (change: Partial<ContainerRecord>): ContainerRecord => {
    kept = { ...kept, ...change };
    ignoreFailure(() => replaceContainerRecord(folder, kept));
    return kept;
  };
  const ended = live(options, watch, () => (kept.isStarted ? kept : keep({ isStarted: true, ...readClock() })));
  const detach = (): void => {
    watch.unwatched.abort();
    watch.ender.stop();
  };
  return {
    attemptId,
    ended,
    log: openLogFile(folder.log, record.spec.firstLine),
    getImage: () => watch.pod?.image,
    note: record.spec.note,
    cancel: () => watch.ender.end('CANCELLED'),
    writeEpoch: async (epoch) => void keep({ epoch }),
    remove: async () => {
      detach();
      // What is being started would be there after it was removed.
      await watch.begun;
      // Accepted, or nothing anybody waits for.
      if (watch.pod !== undefined) host.strays.spare(watch.pod);
      await (watch.isOver
        ? releaseJob(host.place, { attemptId, ...watch }, host.closing)
        : discardJob(host.place, attemptId));
      failpoint('kubernetes.before-delete');
      await deleteFolder(folder);
      for (const pod of host.pods.list(attemptId)) if (pod.uid !== watch.pod?.uid) host.strays.discard(pod);
    },
    detach,
  };
}

/** Since when the attempt's time runs. */
function readClock(): Pick<ContainerRecord, 'bootId' | 'startedAtUptime'> {
  return { bootId: getBootId(), startedAtUptime: getUptimeSeconds() };
}

function createWatch(host: KubernetesHost, folder: AttemptFolder): Watch {
  const unwatched = new AbortController();
  const watch: Watch = {
    ...{ unwatched, signal: AbortSignal.any([unwatched.signal, host.closing]), unwanted: new AbortController() },
    ...{ begun: Promise.resolve(), pod: undefined, isOver: false, hasSecret: true },
    ender: createAttemptEnder({
      folder,
      graceMs: host.graceSeconds * 1000,
      signal: (name) => {
        watch.unwanted.abort();
        void signalPod(host, watch, name);
      },
    }),
  };
  return watch;
}

/** Deleting a Pod is how its containers are told to end; our finalizer keeps it readable. An API that is away is told when it is back. */
async function signalPod(
  { place, graceSeconds, log }: KubernetesHost,
  { pod, signal }: Watch,
  name: string,
): Promise<void> {
  if (pod === undefined) return;
  const ask = () => deletePod(place, pod, name === 'SIGTERM' ? graceSeconds : 1);
  await askPatiently(ask, { signal, isAway: isApiAway }).catch((thrown: unknown) => {
    if (!hasStatus(thrown, 404) && !signal.aborted) log(`Pod ${pod.name} could not be ended: ${String(thrown)}`);
  });
}

/**
 * Without it Kubernetes can't start the attempt a second time, so it does not wait until the end was accepted. Sooner would be too
 * soon: a kubelet that restarts wants it again, and says nothing of a Pod for two minutes when it is missing.
 */
async function dropSecret({ place, log }: KubernetesHost, watch: Watch): Promise<void> {
  const { pod, signal } = watch;
  const name = pod?.jobName;
  if (name === undefined) return;
  try {
    await askPatiently(() => deleteSecret(place, name), { signal, isAway: isApiAway });
    watch.hasSecret = false;
  } catch (thrown) {
    if (!signal.aborted) log(`Secret ${name} could not be deleted: ${String(thrown)}`);
  }
}

async function live(options: HeldPodOptions, watch: Watch, onStarted: () => ContainerRecord): Promise<AttemptEnd> {
  try {
    // An agent before us may have asked it to end, and was killed before it could see it happen.
    const earlier = findEnding(options.folder);
    if (earlier !== undefined) watch.ender.end(earlier);
    const beginning = begin(options, watch);
    watch.begun = noteBeginning(options.host, beginning);
    const begun = await beginning;
    if (begun === undefined) return decideEnd({ ...unknownEnd(options, watch), loss: POD_LOST });
    if ('outcome' in begun) return begun;
    failpoint('kubernetes.after-start');
    return await watchPod(options, { watch, pod: begun, record: hasStarted(begun) ? onStarted() : options.record });
  } catch (thrown) {
    if (watch.signal.aborted) return await new Promise(() => undefined);
    const reason = `What it left can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { outcome: 'errored', exitCode: null, reasonCode: POD_LOST.reasonCode, reason, result: null };
  }
}

function noteBeginning({ beginnings }: KubernetesHost, beginning: Promise<unknown>): Promise<unknown> {
  const settled = beginning.catch(() => undefined).finally(() => beginnings.delete(settled));
  beginnings.add(settled);
  return settled;
}

/** Its Pod, or how it ended before it ran. */
async function begin(options: HeldPodOptions, watch: Watch): Promise<PodFacts | AttemptEnd | undefined> {
  const { host, folder, record } = options;
  // What runs already is told to end like any other, and says how it did.
  const signal = record.isStarted ? watch.signal : AbortSignal.any([watch.signal, watch.unwanted.signal]);
  try {
    return await askPatiently(() => options.begin(signal), { signal, isAway: isApiAway });
  } catch (thrown) {
    watch.signal.throwIfAborted();
    // Whatever of it was created must not start after all. Who may not delete has not created either.
    await discardJob(host.place, record.spec.attemptId, watch.signal).catch((refused: unknown) => {
      if (!hasStatus(refused, 403) && !hasStatus(refused, 401)) throw refused;
    });
    const why = watch.ender.getReason() === undefined ? noteFailedStart(folder, startFacts(thrown)) : POD_LOST;
    return decideEnd({ ...unknownEnd(options, watch), loss: why });
  }
}

function unknownEnd({ record }: HeldPodOptions, { ender }: Watch) {
  const { timeoutSeconds } = record.spec;
  return { exitStatus: undefined, ending: ender.getReason(), timeoutSeconds, resultBytes: undefined };
}

interface Running {
  readonly watch: Watch;
  readonly pod: PodFacts;
  /** With the moment from which its time runs. */
  readonly record: ContainerRecord;
}

async function watchPod({ host, folder }: HeldPodOptions, { watch, pod, record }: Running): Promise<AttemptEnd> {
  const { ender, signal } = watch;
  const { api, namespace } = host.place;
  watch.pod = pod;
  // Asked to end while it was being started.
  if (ender.getReason() !== undefined) void signalPod(host, watch, 'SIGTERM');
  armTimeLimit(record, ender);
  const log = hasStarted(pod) ? followPodLog({ api, namespace, podName: pod.name, folder, record, signal }) : undefined;
  const last = (await waitForEnd(host, record.spec.attemptId, signal)) ?? { ...pod, isGone: true };
  ender.stop();
  failpoint('kubernetes.after-exit');
  watch.pod = last;
  void dropSecret(host, watch);
  await log?.finish({ hasSaidEnd: hasSaidEnd(last), isNodeLost: isNodeLost(last) });
  const ended = { pod: last, folder, record, ending: ender.getReason() };
  const end = await askPatiently(() => decidePodEnd(host.place, ended), { signal, isAway: isApiAway });
  watch.isOver = true;
  return end;
}
