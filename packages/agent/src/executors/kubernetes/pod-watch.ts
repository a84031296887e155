// All Pods of one agent, by one watch: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
//
//   listing ─▶ watching ─▶ watching again from where it was      an answer 410: what was missed is not kept any more, so list
//   the API server is away: nothing is known, so nobody is told anything
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { toPauseMs } from '../ask-patiently.ts';
import { LABELS } from '../attempt-labels.ts';
import { toLabelValue } from './job-name.ts';
import { ApiError, hasStatus, type KubernetesApi, toAway } from './kubernetes-api.ts';
import { type PodFacts, parsePod } from './pod-facts.ts';

export interface PodWatchOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly instanceId: string;
  /** Told of a Pod that nobody listens to, or that is not the first one of its attempt. */
  readonly onStray: (pod: PodFacts) => void;
  readonly log: (line: string) => void;
}

/** Told at once when something is known, and with each change; undefined: there is no Pod yet. */
export type PodListener = (pod: PodFacts | undefined) => void;

export interface PodWatch {
  /** Pods of one attempt, as far as they are known. */
  list(attemptId: string): readonly PodFacts[];
  /** Listens to the Pod of one attempt; returns what ends it. */
  listen(attemptId: string, listener: PodListener): () => void;
  /** Nobody is told anything after it. */
  close(): Promise<void>;
}

/** A server ends a watch by itself after this time; one that is silent for longer is a broken connection. */
const WATCH_SECONDS = 300;
const SILENCE_MS = (WATCH_SECONDS + 30) * 1000;

interface Known {
  readonly options: PodWatchOptions;
  readonly pods: Map<string, PodFacts>;
  readonly listeners: Map<string, Set<PodListener>>;
  /** Whether `pods` is all there is. */
  isListed: boolean;
  /** Where the watch goes on; undefined before a list. */
  resourceVersion: string | undefined;
}

/** Creates it; nothing is asked before somebody listens. */
export function createPodWatch(options: PodWatchOptions): PodWatch {
  const known: Known = {
    ...{ options, pods: new Map(), listeners: new Map() },
    ...{ isListed: false, resourceVersion: undefined },
  };
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  return {
    list: (attemptId) => listPods(known, toLabelValue(attemptId)),
    listen: (attemptId, listener) => {
      const label = toLabelValue(attemptId);
      const listeners = known.listeners.get(label) ?? new Set();
      known.listeners.set(label, listeners.add(listener));
      running ??= keepWatching(known, closing.signal);
      if (known.isListed) listener(findPod(known, label));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) known.listeners.delete(label);
      };
    },
    close: async () => {
      closing.abort();
      known.listeners.clear();
      await running;
    },
  };
}

async function keepWatching(known: Known, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const failure = await watchOnce(known, signal);
    failures = failure === undefined ? 0 : failures + 1;
    if (failure === undefined || signal.aborted) continue;
    if (failures === 1) known.options.log(`watch of Pods: ${String(failure)}`);
    await pause(toPauseMs(failures - 1), undefined, { signal }).catch(() => undefined);
  }
}

/** Until the server ends it, which is nothing; or why it broke. */
async function watchOnce(known: Known, signal: AbortSignal): Promise<unknown> {
  try {
    if (known.resourceVersion === undefined) await list(known, signal);
    await watch(known, signal);
    return undefined;
  } catch (thrown) {
    // What was missed is not kept any more.
    if (hasStatus(thrown, 410)) known.resourceVersion = undefined;
    return thrown;
  }
}

const PodList = z.object({ metadata: z.object({ resourceVersion: z.string() }), items: z.array(z.unknown()) });

async function list(known: Known, signal: AbortSignal): Promise<void> {
  const reply = PodList.parse(await known.options.api.send({ method: 'GET', ...toQuery(known.options, {}), signal }));
  const pods = reply.items.map(parsePod);
  const missing = [...known.pods.values()].filter(({ uid }) => !pods.some((pod) => pod.uid === uid));
  const wasListed = known.isListed;
  known.isListed = true;
  known.resourceVersion = reply.metadata.resourceVersion;
  for (const pod of missing) note(known, { ...pod, isGone: true });
  for (const pod of pods) note(known, pod);
  // Who has listened before the first list learns that there is none.
  if (!wasListed) for (const label of known.listeners.keys()) if (!findPod(known, label)) tell(known, label, undefined);
}

const WatchEvent = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});
const Versioned = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const Status = z.object({ code: z.number().optional(), message: z.string().default('') });

async function watch(known: Known, signal: AbortSignal): Promise<void> {
  const query = {
    ...{ watch: true, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS },
    resourceVersion: known.resourceVersion,
  };
  const stream = await known.options.api.open({ method: 'GET', ...toQuery(known.options, query), signal });
  stream.setTimeout(SILENCE_MS, () => stream.destroy(new Error('the watch is silent')));
  for await (const line of readLines(stream)) {
    const { type, object } = WatchEvent.parse(JSON.parse(line));
    if (type === 'ERROR') throw toError(object);
    known.resourceVersion = Versioned.parse(object).metadata.resourceVersion;
    if (type === 'BOOKMARK') continue;
    note(known, { ...parsePod(object), isGone: type === 'DELETED' });
  }
}

function toError(object: unknown): Error {
  const { code, message } = Status.parse(object);
  return new ApiError(message, code);
}

function toQuery(
  { namespace, instanceId }: PodWatchOptions,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
) {
  const labelSelector = `${LABELS.instance}=${toLabelValue(instanceId)}`;
  return { path: `/api/v1/namespaces/${namespace}/pods`, query: { labelSelector, ...query } };
}

async function* readLines(stream: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
  } catch (thrown) {
    throw toAway(thrown);
  }
}

function note(known: Known, pod: PodFacts): void {
  if (pod.isGone) known.pods.delete(pod.uid);
  else known.pods.set(pod.uid, pod);
  const first = findPod(known, pod.attemptLabel);
  // Of an attempt that was started twice the first Pod counts; a second one changes nothing for who listens.
  const isFirst = first === undefined || first.uid === pod.uid;
  if (isFirst) tell(known, pod.attemptLabel, pod);
  if (!pod.isGone && !(isFirst && known.listeners.has(pod.attemptLabel))) known.options.onStray(pod);
}

function tell({ listeners }: Known, label: string, pod: PodFacts | undefined): void {
  for (const listener of listeners.get(label) ?? []) listener(pod);
}

function findPod(known: Known, label: string): PodFacts | undefined {
  return listPods(known, label)[0];
}

/** Oldest first. */
function listPods({ pods }: Known, label: string): readonly PodFacts[] {
  return [...pods.values()]
    .filter(({ attemptLabel }) => attemptLabel === label)
    .sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}
