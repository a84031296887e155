// After the end of an attempt was accepted: its Pod and Job stay for who looks at them, until the Job's retention is over, and
// nothing secret stays.
import { askPatiently } from '../ask-patiently.ts';
import { acceptPod, deleteSecret, type JobPlace, listJobs } from './jobs.ts';
import { isApiAway } from './kubernetes-api.ts';
import type { PodFacts } from './pod-facts.ts';

const RELEASE_MS = 30_000;

/** Harmless when it is repeated. @throws ApiError; the reason of the signal after half a minute */
export async function releaseJob(place: JobPlace, attemptId: string, pod: PodFacts | undefined): Promise<void> {
  const signal = AbortSignal.timeout(RELEASE_MS);
  const ask = async (): Promise<void> => {
    if (pod !== undefined) await acceptPod(place, pod);
    const names =
      pod?.jobName === undefined ? (await listJobs(place, attemptId)).map(({ name }) => name) : [pod.jobName];
    for (const name of names) await deleteSecret(place, name);
  };
  await askPatiently(ask, { signal, isAway: isApiAway });
}
