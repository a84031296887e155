// Ends and deletes everything of one attempt, and returns when nothing of it is there: its name is free again then.
import { setTimeout as pause } from 'node:timers/promises';
import { failpoint } from '@towpath/core';
import { askPatiently } from '../ask-patiently.ts';
import { deleteJob, deletePod, type JobPlace, listJobs, listPods, releasePod } from './jobs.ts';
import { isApiAway } from './kubernetes-api.ts';
import { isOver, type PodFacts } from './pod-facts.ts';

/** Kubelets confirm within a second or two. One that is away confirms when it is back, and its node may be gone for good. */
const REMOVAL_MS = 60_000;
const PAUSE_MS = 200;

/** Returns at once when there is nothing. @throws ApiError; the reason of the signal, which is a minute when not given */
export async function discardJob(
  place: JobPlace,
  attemptId: string,
  signal: AbortSignal = AbortSignal.timeout(REMOVAL_MS),
): Promise<void> {
  while (!(await askPatiently(() => pressOn(place, attemptId), { signal, isAway: isApiAway })))
    await pause(PAUSE_MS, undefined, { signal });
}

/** True when nothing is left. Pods are asked for after their Job, which makes no more of them once it is being deleted. */
async function pressOn(place: JobPlace, attemptId: string): Promise<boolean> {
  const jobs = await listJobs(place, attemptId);
  for (const job of jobs) if (!job.isDeleting) await deleteJob(place, job);
  const pods = await listPods(place, attemptId);
  for (const pod of pods) await endPod(place, pod);
  if (jobs.length > 0) failpoint('kubernetes.after-discard');
  return jobs.length === 0 && pods.length === 0;
}

/** What runs, or may just begin to, gets a second: nobody waits for what it would say. */
async function endPod(place: JobPlace, pod: PodFacts): Promise<void> {
  if (pod.isHeld) await releasePod(place, pod);
  if (!isOver(pod)) await deletePod(place, pod, 1);
  else if (!pod.isDeleting) await deletePod(place, pod, 0);
}
