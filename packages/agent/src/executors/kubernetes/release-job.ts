// After the end of an attempt was accepted: its Pod and Job stay for who looks at them, until the Job's retention is over. What is
// secret does not; it went when the Pod was over, unless that failed.
import { failpoint } from '@towpath/core';
import { askPatiently } from '../ask-patiently.ts';
import { acceptPod, deleteSecret, type JobPlace, listJobs } from './jobs.ts';
import { isApiAway } from './kubernetes-api.ts';
import type { PodFacts } from './pod-facts.ts';

/** Of an attempt that has ended. */
export interface ReleasedAttempt {
  readonly attemptId: string;
  /** As it was last seen. */
  readonly pod: PodFacts | undefined;
  readonly hasSecret: boolean;
}

/** Waits for an API server that is away: what is secret must not stay because of that. Harmless when it is repeated. @throws ApiError; the reason of the signal */
export async function releaseJob(
  place: JobPlace,
  { attemptId, pod, hasSecret }: ReleasedAttempt,
  signal: AbortSignal,
): Promise<void> {
  const ask = async (): Promise<void> => {
    if (pod !== undefined) await acceptPod(place, pod);
    failpoint('kubernetes.after-accept');
    if (!hasSecret) return;
    const names =
      pod?.jobName === undefined ? (await listJobs(place, attemptId)).map(({ name }) => name) : [pod.jobName];
    for (const name of names) await deleteSecret(place, name);
  };
  await askPatiently(ask, { signal, isAway: isApiAway });
}
