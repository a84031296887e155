// A Job may run its program twice, even one that may have a single Pod and no retry: its controller makes another Pod when what it
// remembers is older than what happened, as after an API server that was away. Mostly that finds no Secret to start with; in any
// case it is ended, and let go: nobody waits for its result, so nothing may hold it in the cluster.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#handling-pod-and-container-failures
import { askPatiently } from '../ask-patiently.ts';
import { deletePod, type JobPlace, releasePod } from './jobs.ts';
import { isApiAway } from './kubernetes-api.ts';
import type { PodFacts } from './pod-facts.ts';

export interface StrayPods {
  /** Lets go and ends a Pod, once. */
  discard(pod: PodFacts): void;
  /** This one stays for who looks at it: late news of it mean nothing. */
  spare(pod: PodFacts): void;
}

export interface StrayOptions {
  readonly place: JobPlace;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Creates it. */
export function createStrayPods({ place, signal, log }: StrayOptions): StrayPods {
  const seen = new Set<string>();
  const end = async (pod: PodFacts): Promise<void> => {
    await releasePod(place, pod);
    if (!pod.isDeleting) await deletePod(place, pod, 1);
  };
  return {
    discard: (pod) => {
      if (seen.has(pod.uid) || (pod.isDeleting && !pod.isHeld)) return;
      seen.add(pod.uid);
      log(`Pod ${pod.name} of attempt ${pod.attemptId} is ended: nobody waits for it`);
      askPatiently(() => end(pod), { signal, isAway: isApiAway }).catch((thrown: unknown) => {
        if (!signal.aborted) log(`Pod ${pod.name} could not be ended: ${String(thrown)}`);
      });
    },
    spare: ({ uid }) => void seen.add(uid),
  };
}
