// Waiting for what becomes of a Pod: that it runs, and that it is over.
import type { ErrorFacts } from '@towpath/core';
import { listJobEvents } from './job-events.ts';
import { judgeWaiting, POD_MISSING } from './judge-waiting.ts';
import type { KubernetesHost } from './kubernetes-host.ts';
import { hasStarted, isNodeLost, isOver, type PodFacts } from './pod-facts.ts';
import type { PodWatch } from './pod-watch.ts';

/** It runs or has run, or why it never will. */
export type StartVerdict = { readonly pod: PodFacts } | { readonly problem: ErrorFacts };

/** Waits until it runs, or the patience with why it does not is over. Rejects with the signal. */
export async function waitForStart(
  host: KubernetesHost,
  attemptId: string,
  signal: AbortSignal,
): Promise<StartVerdict> {
  let alarm: NodeJS.Timeout | undefined;
  let waitedFor: { readonly code: string; readonly since: number } | undefined;
  try {
    const verdict = await until<StartVerdict>(host.pods, { attemptId, signal }, (pod, settle) => {
      clearTimeout(alarm);
      if (pod !== undefined && (hasStarted(pod) || isOver(pod))) return { pod };
      const { patience, facts } = judgeWaiting(pod);
      if (patience === 'none') return { problem: facts };
      if (waitedFor?.code !== facts.code) waitedFor = { code: facts.code, since: performance.now() };
      const leftMs = waitedFor.since + host.patienceMs[patience] - performance.now();
      alarm = setTimeout(() => settle({ problem: facts }), Math.max(0, leftMs));
      return undefined;
    });
    return await explain(host, attemptId, verdict);
  } finally {
    clearTimeout(alarm);
  }
}

/** Why a Job has no Pod stands in its events alone. */
async function explain({ place }: KubernetesHost, attemptId: string, verdict: StartVerdict): Promise<StartVerdict> {
  if (!('problem' in verdict) || verdict.problem.code !== POD_MISSING.code) return verdict;
  const events = await listJobEvents(place, attemptId);
  const cause = events.at(-1);
  return cause === undefined ? verdict : { problem: { ...POD_MISSING, cause } };
}

/** Its Pod as it is now; undefined when there is none. Rejects with the signal. */
export function findPod(host: KubernetesHost, attemptId: string, signal: AbortSignal): Promise<PodFacts | undefined> {
  return until<PodFacts | undefined>(host.pods, { attemptId, signal }, (pod, settle) => {
    settle(pod);
    return undefined;
  });
}

/** After its deletion, for a kubelet that answers late; one that does not is gone. */
const NODE_LOST_MS = 30_000;

/** Waits until nothing of it runs, as far as the cluster knows. Undefined: there is none. Rejects with the signal. */
export async function waitForEnd(
  host: KubernetesHost,
  attemptId: string,
  signal: AbortSignal,
): Promise<PodFacts | undefined> {
  let alarm: NodeJS.Timeout | undefined;
  try {
    return await until<PodFacts | undefined>(host.pods, { attemptId, signal }, (pod, settle) => {
      if (pod === undefined) settle(undefined);
      else if (isOver(pod)) return pod;
      // Kubernetes has given its node up. While it does not, nobody else does.
      else if (isNodeLost(pod)) alarm ??= setTimeout(() => settle(pod), NODE_LOST_MS + host.graceSeconds * 1000);
      return undefined;
    });
  } finally {
    clearTimeout(alarm);
  }
}

interface Waiting {
  readonly attemptId: string;
  readonly signal: AbortSignal;
}

/** Resolves with the first thing that `look` returns or settles with. */
function until<T>(
  pods: PodWatch,
  { attemptId, signal }: Waiting,
  look: (pod: PodFacts | undefined, settle: (value: T) => void) => T | undefined,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const stop = pods.listen(attemptId, (pod) => {
    const found = look(pod, resolve);
    if (found !== undefined) resolve(found);
  });
  return promise.finally(() => {
    stop();
    signal.removeEventListener('abort', abort);
  });
}
